using System.Reflection;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>Small whole files that this assembly carries.</summary>
internal static class Fixtures
{
    private static readonly Assembly Here = typeof(Fixtures).Assembly;

    /// <summary>Those whose name ends so, in order.</summary>
    public static IReadOnlyList<byte[]> Of(params string[] endings) =>
        [
            .. Here.GetManifestResourceNames()
                .Where(name => endings.Any(e => name.EndsWith(e, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
                .Select(Read),
        ];

    private static byte[] Read(string name)
    {
        using Stream stream = Here.GetManifestResourceStream(name)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
