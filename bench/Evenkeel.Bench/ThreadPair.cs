using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Evenkeel.Bench;

/// <summary>The calling thread and another one, which take turns with the same lines of memory.</summary>
internal sealed class ThreadPair
{
    private const int Passes = 200;
    private const int TripsPerPass = 1000;
    private const int LineFloats = 16;

    // 160 KB: in the second-level cache of either core.
    private const int Lines = 2500;

    private readonly float[] _lines = new float[Lines * LineFloats];

    // Two lines away from everything else on both sides, so that nothing else takes the turn's line.
    private readonly int[] _turn = new int[4 * LineFloats];

    private ref int Turn => ref _turn[2 * LineFloats];

    /// <summary>Adds to each line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float AddOne(float[] lines)
    {
        for (int i = 0; i < lines.Length; i += LineFloats)
            lines[i]++;
        return 0;
    }

    /// <summary>Reads each line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(float[] lines)
    {
        float sum = 0;
        for (int i = 0; i < lines.Length; i += LineFloats)
            sum += lines[i];
        return sum;
    }

    /// <summary>Nanoseconds from giving the turn away until it is back, the median of passes of many.</summary>
    public double RoundTrip()
    {
        double[] times = new double[Passes];
        long begin = Stopwatch.GetTimestamp();
        Alternate(
            Passes * TripsPerPass,
            _ => 0,
            trip =>
            {
                (int pass, int left) = Math.DivRem(trip + 1, TripsPerPass);
                if (left > 0)
                    return;
                times[pass - 1] = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
                begin = Stopwatch.GetTimestamp();
            }
        );
        return Median.Of(times) / TripsPerPass;
    }

    /// <summary>Nanoseconds to write a line, the median of passes over all, after the other thread did something to all.</summary>
    public double Write(Func<float[], float> other)
    {
        double[] times = new double[Passes];
        Alternate(
            Passes,
            other,
            pass =>
            {
                long begin = Stopwatch.GetTimestamp();
                AddOne(_lines);
                times[pass] = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            }
        );
        return Median.Of(times) / Lines;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Alternate(int rounds, Func<float[], float> other, Action<int> mine)
    {
        Turn = 0;
        var thread = new Thread(() => Answer(rounds, other));
        thread.Start();
        for (int i = 1; i <= rounds; i++)
        {
            Volatile.Write(ref Turn, i);
            while (Volatile.Read(ref Turn) != -i) { }
            mine(i - 1);
        }

        thread.Join();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Answer(int rounds, Func<float[], float> other)
    {
        for (int i = 1; i <= rounds; i++)
        {
            while (Volatile.Read(ref Turn) != i) { }
            _ = other(_lines);
            Volatile.Write(ref Turn, -i);
        }
    }
}
