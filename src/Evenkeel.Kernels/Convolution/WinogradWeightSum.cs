using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Adds up the parts of the 16 sums per weight, in order, and transforms them to the gradients of 9 taps.</summary>
internal readonly unsafe struct WinogradWeightSum<TVec, TLanes>(
    ConvolutionShape shape,
    WinogradWeightPlan plan,
    float* sums,
    float* target
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Input channels of a chunk.
    private const int ChunkRows = 32;

    /// <summary>Pieces of work.</summary>
    public int Chunks => plan.Panels * RowBlocks;

    private int RowBlocks => Partition.CeilingDivide(shape.GroupInputs, ChunkRows);

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Compilation)]
    public void Run(int chunk)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        (int panel, int block) = Math.DivRem(chunk, RowBlocks);
        int columns = Math.Min(width, shape.GroupOutputs - (panel * width));
        int end = Math.Min(shape.GroupInputs, (block + 1) * ChunkRows);
        for (int row = block * ChunkRows; row < end; row++)
        {
            float* from = sums + (panel * plan.PanelFloats) + (row * width);
            float* to = target + ((nint)row * shape.OutputChannels) + (panel * width);
            for (int i = 0; i < columns; i += TLanes.Count)
                Transform(from + i, to + i, Math.Min(TLanes.Count, columns - i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Transform(float* from, float* to, int lanes)
    {
        Column(from, out TVec a0, out TVec a1, out TVec a2);
        Column(from + plan.SumPlane, out TVec b0, out TVec b1, out TVec b2);
        Column(from + (2 * plan.SumPlane), out TVec c0, out TVec c1, out TVec c2);
        Column(from + (3 * plan.SumPlane), out TVec d0, out TVec d1, out TVec d2);
        nint tap = (nint)shape.GroupInputs * shape.OutputChannels;
        Row(a0, b0, c0, d0, to, tap, lanes);
        Row(a1, b1, c1, d1, to + (3 * tap), tap, lanes);
        Row(a2, b2, c2, d2, to + (6 * tap), tap, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Column(float* from, out TVec t0, out TVec t1, out TVec t2) =>
        WinogradTransform<TVec, TLanes>.WeightGradient(
            Total(from),
            Total(from + (4 * plan.SumPlane)),
            Total(from + (8 * plan.SumPlane)),
            Total(from + (12 * plan.SumPlane)),
            out t0,
            out t1,
            out t2
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(TVec a, TVec b, TVec c, TVec d, float* to, nint tap, int lanes)
    {
        WinogradTransform<TVec, TLanes>.WeightGradient(a, b, c, d, out TVec t0, out TVec t1, out TVec t2);
        Store(to, t0, lanes);
        Store(to + tap, t1, lanes);
        Store(to + (2 * tap), t2, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Total(float* sum)
    {
        TVec total = TLanes.Load(sum);
        for (int part = 1; part < plan.Parts; part++)
            total = TLanes.Add(total, TLanes.Load(sum + (part * plan.PartFloats)));
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, TVec value, int lanes)
    {
        if (lanes == TLanes.Count)
            TLanes.Store(to, value);
        else
            TLanes.StorePartial(to, value, lanes);
    }
}
