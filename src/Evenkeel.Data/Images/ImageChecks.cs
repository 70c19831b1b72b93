using System.Diagnostics.CodeAnalysis;

namespace Evenkeel.Data.Images;

/// <summary>The checks that every image source makes, and their messages.</summary>
internal static class ImageChecks
{
    /// <summary>Checks that an index lies in the source.</summary>
    public static void Index(IImageSource source, int index)
    {
        if ((uint)index >= (uint)source.Count)
            ThrowIndex(source, index);
    }

    /// <summary>A private copy of class names, which must differ.</summary>
    public static IReadOnlyList<string> Names(string source, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count < 1)
            throw new ArgumentException($"{source}: there must be at least one class.", nameof(names));
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new ArgumentException($"{source}: two classes have the same name.", nameof(names));
        return Array.AsReadOnly(names.ToArray());
    }

    [DoesNotReturn]
    private static void ThrowIndex(IImageSource source, int index) =>
        throw new ArgumentOutOfRangeException(
            nameof(index),
            index,
            $"{source.Name}: image {index} does not exist; there are {source.Count}, numbered from 0."
        );
}
