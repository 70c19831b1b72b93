using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Bench;

/// <summary>What this machine can do at most: the best of some rounds, with all threads at work at the same time.</summary>
internal static class MachineLimits
{
    private const int Rounds = 7;
    private const int Chains = 12;
    private const int Steps = 20_000_000;

    // Beyond any cache, for each thread.
    private const int CopiedFloats = 1 << 25;

    /// <summary>Fused multiplications and additions on registers alone, each counted as two, per second.</summary>
    public static double Operations(int threads)
    {
        bool isWide = Vector512.IsHardwareAccelerated;
        int lanes = isWide ? Lanes16.Count : Lanes8.Count;
        double seconds = Best(
            threads,
            _ => isWide ? Multiply<Lanes16, Vector512<float>>() : Multiply<Lanes8, Vector256<float>>()
        );
        return 2.0 * lanes * Chains * Steps * threads / seconds;
    }

    /// <summary>Bytes per second of a copy between arrays: those that are read and those that are written.</summary>
    public static double CopiedBytes(int threads)
    {
        (float[] From, float[] To)[] arrays =
        [
            .. Enumerable.Range(0, threads).Select(_ => (new float[CopiedFloats], new float[CopiedFloats])),
        ];
        double seconds = Best(
            threads,
            i =>
            {
                arrays[i].From.CopyTo(arrays[i].To, 0);
                return arrays[i].To[^1];
            }
        );
        return 2.0 * sizeof(float) * CopiedFloats * threads / seconds;
    }

    private static double Best(int threads, Func<int, float> work)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            using var ready = new Barrier(threads);
            (long Began, long Ended, float Result)[] spans = new (long, long, float)[threads];
            Thread[] workers =
            [
                .. Enumerable
                    .Range(0, threads)
                    .Select(i => new Thread(() =>
                    {
                        ready.SignalAndWait();
                        long began = Stopwatch.GetTimestamp();
                        float result = work(i);
                        spans[i] = (began, Stopwatch.GetTimestamp(), result);
                    })),
            ];
            foreach (Thread worker in workers)
                worker.Start();
            foreach (Thread worker in workers)
                worker.Join();
            long ticks = spans.Max(s => s.Ended) - spans.Min(s => s.Began);
            best = Math.Min(best, ticks / (double)Stopwatch.Frequency);
        }

        return best;
    }

    // As many sums as hide the latency of one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply<TLanes, TVec>()
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        TVec a = TLanes.Splat(1),
            b = TLanes.Splat(1e-9f),
            s0 = a,
            s1 = a,
            s2 = a,
            s3 = a,
            s4 = a,
            s5 = a,
            s6 = a,
            s7 = a,
            s8 = a,
            s9 = a,
            s10 = a,
            s11 = a;
        for (int i = 0; i < Steps; i++)
        {
            s0 = TLanes.FusedMultiplyAdd(a, b, s0);
            s1 = TLanes.FusedMultiplyAdd(a, b, s1);
            s2 = TLanes.FusedMultiplyAdd(a, b, s2);
            s3 = TLanes.FusedMultiplyAdd(a, b, s3);
            s4 = TLanes.FusedMultiplyAdd(a, b, s4);
            s5 = TLanes.FusedMultiplyAdd(a, b, s5);
            s6 = TLanes.FusedMultiplyAdd(a, b, s6);
            s7 = TLanes.FusedMultiplyAdd(a, b, s7);
            s8 = TLanes.FusedMultiplyAdd(a, b, s8);
            s9 = TLanes.FusedMultiplyAdd(a, b, s9);
            s10 = TLanes.FusedMultiplyAdd(a, b, s10);
            s11 = TLanes.FusedMultiplyAdd(a, b, s11);
        }

        return TLanes.Sum(s0)
            + TLanes.Sum(s1)
            + TLanes.Sum(s2)
            + TLanes.Sum(s3)
            + TLanes.Sum(s4)
            + TLanes.Sum(s5)
            + TLanes.Sum(s6)
            + TLanes.Sum(s7)
            + TLanes.Sum(s8)
            + TLanes.Sum(s9)
            + TLanes.Sum(s10)
            + TLanes.Sum(s11);
    }
}
