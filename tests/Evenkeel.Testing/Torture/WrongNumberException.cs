namespace Evenkeel.Testing.Torture;

/// <summary>A call gave another number than it gives when nobody disturbs it.</summary>
internal sealed class WrongNumberException(string message) : Exception(message)
{
    /// <summary>Requires the same bits.</summary>
    public static void Unless(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        if (!expected.SequenceEqual(found))
            throw new WrongNumberException($"{what} differs from that of undisturbed objects");
    }

    /// <summary>Requires the same value.</summary>
    public static void Unless<T>(T expected, T found, string what)
        where T : IEquatable<T>
    {
        if (!expected.Equals(found))
            throw new WrongNumberException($"{what} is {found}, that of undisturbed objects {expected}");
    }
}
