using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>Neighbouring outputs of a register of channels, and the strip that they are made of.</summary>
internal unsafe struct DepthwiseTile
{
    /// <summary>The most neighbours: about as many sums as multipliers have stages, and images of 7, 14 and 28 columns are whole tiles.</summary>
    public const int MaxHeight = 7;

    /// <summary>The first pixel of the first window; pixels are registers side by side.</summary>
    public float* Strip;

    /// <summary>Floats from one window to the next.</summary>
    public nint Step;

    /// <summary>Floats from one line of the strip to the next.</summary>
    public nint Line;

    public int TapsY;
    public int TapsX;

    /// <summary>A register for each tap, one after another.</summary>
    public float* Weights;

    public float* Target;

    /// <summary>Floats from one output to the next.</summary>
    public nint TargetStep;

    public int Channel;
}

/// <summary>
/// The sums of a tile: each weight is read once for all of its outputs. Sums are named locals; those beyond the height fall away when the
/// JIT specialises the method.
/// </summary>
internal static unsafe class DepthwiseTile<TVec, TLanes, TEpilogue, THeight>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TEpilogue : struct, IDepthwiseEpilogue
    where THeight : struct, ITileHeight
{
    [MethodImpl(HotMethods.Loop)]
    public static void Run(in DepthwiseTile tile, TEpilogue epilogue)
    {
        TVec s0 = TLanes.Zero,
            s1 = TLanes.Zero,
            s2 = TLanes.Zero,
            s3 = TLanes.Zero,
            s4 = TLanes.Zero,
            s5 = TLanes.Zero,
            s6 = TLanes.Zero;
        float* weights = tile.Weights;
        float* line = tile.Strip;
        nint step = tile.Step;
        for (int y = tile.TapsY; y > 0; y--, line += tile.Line)
        {
            float* p = line;
            float* p3 = p + (3 * step);
            for (int x = tile.TapsX; x > 0; x--)
            {
                TVec w = TLanes.Load(weights);
                weights += TLanes.Count;
                s0 = TLanes.MultiplyAdd(TLanes.Load(p), w, s0);
                if (THeight.Rows > 1)
                    s1 = TLanes.MultiplyAdd(TLanes.Load(p + step), w, s1);
                if (THeight.Rows > 2)
                    s2 = TLanes.MultiplyAdd(TLanes.Load(p + (2 * step)), w, s2);
                if (THeight.Rows > 3)
                    s3 = TLanes.MultiplyAdd(TLanes.Load(p3), w, s3);
                if (THeight.Rows > 4)
                    s4 = TLanes.MultiplyAdd(TLanes.Load(p3 + step), w, s4);
                if (THeight.Rows > 5)
                    s5 = TLanes.MultiplyAdd(TLanes.Load(p3 + (2 * step)), w, s5);
                if (THeight.Rows > 6)
                    s6 = TLanes.MultiplyAdd(TLanes.Load(p3 + (3 * step)), w, s6);
                p += TLanes.Count;
                p3 += TLanes.Count;
            }
        }

        float* to = tile.Target;
        Write(ref to, tile, epilogue, 0, s0, s1, s2, s3);
        Write(ref to, tile, epilogue, 4, s4, s5, s6, s6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(
        ref float* to,
        in DepthwiseTile tile,
        TEpilogue epilogue,
        int first,
        TVec a,
        TVec b,
        TVec c,
        TVec d
    )
    {
        if (THeight.Rows > first)
            Write(ref to, tile, epilogue, a);
        if (THeight.Rows > first + 1)
            Write(ref to, tile, epilogue, b);
        if (THeight.Rows > first + 2)
            Write(ref to, tile, epilogue, c);
        if (THeight.Rows > first + 3)
            Write(ref to, tile, epilogue, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(ref float* to, in DepthwiseTile tile, TEpilogue epilogue, TVec sum)
    {
        epilogue.Write<TLanes, TVec>(to, sum, tile.Channel);
        to += tile.TargetStep;
    }
}
