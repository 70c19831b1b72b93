using Evenkeel.Lowering;

namespace Evenkeel.Execution.Reference;

/// <summary>Values kept with 8 significant bits, as bfloat16 has them.</summary>
internal static partial class ReferenceBackend
{
    // Of the largest finite bfloat16, and of the smallest normal one.
    private const int MaxExponent = 127;
    private const int MinExponent = -126;
    private const int BitsBehindFirst = 7;

    private static void AddNarrowing()
    {
        Add<NarrowValue>((s, m) => m[s.Y] = Array.ConvertAll(m[s.X], Rounded));
        Add<WidenValue>((s, m) => m[s.Y] = m[s.X]);
    }

    private static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        int lastPlace = Math.Max(Math.ILogB(value), MinExponent) - BitsBehindFirst;
        double rounded = Math.ScaleB(Math.Round(Math.ScaleB(value, -lastPlace)), lastPlace);
        return Math.Abs(rounded) < Math.ScaleB(1, MaxExponent + 1)
            ? rounded
            : Math.CopySign(double.PositiveInfinity, value);
    }
}
