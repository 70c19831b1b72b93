using System.Numerics;
using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Lanes;

/// <summary>A register of floats in double precision, for what is computed once per channel. Ends of vectors are padded with zeros.</summary>
internal readonly struct DoubleLanes(Vector<double> low, Vector<double> high)
{
    private readonly Vector<double> _low = low;
    private readonly Vector<double> _high = high;

    /// <summary>Values at a time.</summary>
    public static int Count => Vector<float>.Count;

    /// <summary>The same value in each lane.</summary>
    public static DoubleLanes Splat(double value) => new(new(value), new(value));

    /// <summary>The values from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Load(ReadOnlySpan<double> values, int first)
    {
        ReadOnlySpan<double> from = values[first..];
        return from.Length >= Count ? new(new(from), new(from[Vector<double>.Count..])) : LoadEnd(from);
    }

    /// <summary>The values from <paramref name="first"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes Load(ReadOnlySpan<float> values, int first)
    {
        ReadOnlySpan<float> from = values[first..];
        return Widen(from.Length >= Count ? new(from) : LoadEnd(from));
    }

    /// <summary>Rounds to floats and stores those that there is room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<float> values, int first)
    {
        Span<float> to = values[first..];
        Vector<float> floats = Vector.Narrow(_low, _high);
        if (to.Length >= Count)
            floats.CopyTo(to);
        else
            StoreEnd(to, floats);
    }

    /// <summary>Each value rounded to a float.</summary>
    public DoubleLanes Rounded => Widen(Vector.Narrow(_low, _high));

    /// <summary>1/sqrt of each value; 0 for 0.</summary>
    public DoubleLanes InverseSquareRoot => new(InverseRoot(_low), InverseRoot(_high));

    /// <summary>Each value, at most the largest finite float in magnitude. NaN stays NaN.</summary>
    public DoubleLanes Finite => new(Clamped(_low), Clamped(_high));

    public static DoubleLanes operator +(DoubleLanes a, DoubleLanes b) => new(a._low + b._low, a._high + b._high);

    public static DoubleLanes operator -(DoubleLanes a, DoubleLanes b) => new(a._low - b._low, a._high - b._high);

    public static DoubleLanes operator *(DoubleLanes a, DoubleLanes b) => new(a._low * b._low, a._high * b._high);

    public static DoubleLanes operator /(DoubleLanes a, DoubleLanes b) => new(a._low / b._low, a._high / b._high);

    public static DoubleLanes operator -(DoubleLanes a) => new(-a._low, -a._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleLanes Widen(Vector<float> floats)
    {
        Vector.Widen(floats, out Vector<double> low, out Vector<double> high);
        return new(low, high);
    }

    private static Vector<double> InverseRoot(Vector<double> value) =>
        Vector.ConditionalSelect(
            Vector.Equals(value, Vector<double>.Zero),
            Vector<double>.Zero,
            Vector<double>.One / Vector.SquareRoot(value)
        );

    private static Vector<double> Clamped(Vector<double> value)
    {
        Vector<double> most = new(float.MaxValue);
        value = Vector.ConditionalSelect(Vector.GreaterThan(value, most), most, value);
        return Vector.ConditionalSelect(Vector.LessThan(value, -most), -most, value);
    }

    private static DoubleLanes LoadEnd(ReadOnlySpan<double> values)
    {
        Span<double> padded = stackalloc double[Count];
        padded.Clear();
        values.CopyTo(padded);
        return new(new(padded), new(padded[Vector<double>.Count..]));
    }

    private static Vector<float> LoadEnd(ReadOnlySpan<float> values)
    {
        Span<float> padded = stackalloc float[Count];
        padded.Clear();
        values.CopyTo(padded);
        return new(padded);
    }

    private static void StoreEnd(Span<float> values, Vector<float> floats)
    {
        Span<float> padded = stackalloc float[Count];
        floats.CopyTo(padded);
        padded[..values.Length].CopyTo(values);
    }
}
