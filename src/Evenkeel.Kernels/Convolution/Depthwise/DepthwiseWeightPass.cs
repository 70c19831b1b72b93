using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>The weight gradients of one row of outputs: along the row in single precision, added to doubles.</summary>
internal readonly unsafe struct DepthwiseWeightPass(
    DepthwiseGeometry geometry,
    float* x,
    float* dy,
    double* sums,
    float* zeros
) : IColumnPass
{
    private readonly float* _x = x;
    private readonly float* _dy = dy;
    private readonly double* _sums = sums;
    private readonly float* _zeros = zeros;
    private readonly bool _slides = DepthwiseSlide.Fits(geometry, StrideOfOne.Pixels);

    /// <summary>The same pass with the sums of a chunk.</summary>
    public DepthwiseWeightPass Into(double* sums) => new(geometry, _x, _dy, sums, _zeros);

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (_slides)
            Slide<TLanes, TVec>(row, column, end);
        else
            TapByTap<TLanes, TVec>(row, column, end);
        return end;
    }

    private void Slide<TLanes, TVec>(int row, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        var slide = DepthwiseSlide.Forward(geometry);
        (int image, int oy) = Math.DivRem(row, slide.TargetRows);
        float* from = _x + ((nint)image * slide.SourceRows * slide.SourceColumns * slide.Channels);
        float* dy = _dy + ((nint)row * slide.TargetColumns * slide.Channels);
        for (int c = column; c < end; c += TLanes.Count)
        {
            int first = oy + slide.OffsetY;
            var rows = new ThreeRows(from, slide.SourceRows, slide.SourceColumns, slide.Channels, first, c, _zeros);
            DepthwiseSlideWeights<TLanes, TVec>.Add(slide, rows, dy + c, _sums + c);
        }
    }

    private void TapByTap<TLanes, TVec>(int row, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        (int image, int oy) = Math.DivRem(row, geometry.Vertical.Output);
        for (int ky = 0; ky < geometry.Vertical.Window; ky++)
        {
            int iy = geometry.Vertical.Start(oy) + ky;
            if ((uint)iy >= (uint)geometry.Vertical.Input)
                continue;
            nint line = ((nint)image * geometry.Vertical.Input) + iy;
            for (int kx = 0; kx < geometry.Horizontal.Window; kx++)
            {
                double* sums = _sums + (((ky * geometry.Horizontal.Window) + kx) * (nint)geometry.Outputs);
                for (int c = column; c < end; c += TLanes.Count)
                    TLanes.AddTo(sums + c, AlongRow<TLanes, TVec>(row, line, kx, c));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec AlongRow<TLanes, TVec>(int row, nint line, int kx, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        // Outputs whose tap kx falls on a real pixel.
        int offset = kx - geometry.Horizontal.Pad;
        int stride = geometry.Horizontal.Stride;
        int first = offset >= 0 ? 0 : (stride - 1 - offset) / stride;
        int reach = geometry.Horizontal.Input - 1 - offset;
        int end = reach < 0 ? 0 : Math.Min(geometry.Horizontal.Output, (reach / stride) + 1);
        TVec sum = TLanes.Zero;
        nint from = (line * geometry.Horizontal.Input) + ((nint)first * stride) + offset;
        float* x = _x + (from * geometry.Inputs) + (c / geometry.Multiplier);
        float* dy = _dy + ((((nint)row * geometry.Horizontal.Output) + first) * geometry.Outputs) + c;
        nint step = (nint)stride * geometry.Inputs;
        for (int ox = first; ox < end; ox++, x += step, dy += geometry.Outputs)
            sum = TLanes.MultiplyAdd(TLanes.Load(x), TLanes.Load(dy), sum);
        return sum;
    }
}

/// <summary>The weight gradients of a chunk of rows; chunks are merged in index order.</summary>
internal readonly unsafe struct DepthwiseWeightWork(
    DepthwiseGeometry geometry,
    int width,
    DepthwiseWeightPass pass,
    double* partials,
    int chunks
) : IChunkWork
{
    private const int MostChunks = 16;
    private const int SmallestChunk = 16 * 1024;

    private readonly double* _partials = partials;

    /// <summary>dw = the sum over all rows.</summary>
    public static void RunAll(WorkerPool pool, int width, in DepthwiseGeometry geometry, float* x, float* dy, float* dw)
    {
        int rows = geometry.Batch * geometry.Vertical.Output;
        long values = (long)rows * geometry.Horizontal.Output * geometry.Outputs;
        int chunks = (int)Math.Min(Math.Min(MostChunks, rows), 1 + (values / SmallestChunk));
        nint size = (nint)geometry.Taps * geometry.Outputs;
        using Scratch lent = DepthwiseScratch.Borrow(pool, (nuint)chunks * (nuint)size * sizeof(double));
        float* zeros = (float*)lent.Pointer;
        double* partials = (double*)(zeros + DepthwiseScratch.ZeroCount);
        var pass = new DepthwiseWeightPass(geometry, x, dy, partials, zeros);
        pool.For(chunks, new DepthwiseWeightWork(geometry, width, pass, partials, chunks));
        PartialSums.Merge(partials, chunks, new Span<float>(dw, (int)size));
    }

    public void Run(int chunk)
    {
        int size = geometry.Taps * geometry.Outputs;
        double* sums = _partials + ((nint)chunk * size);
        new Span<double>(sums, size).Clear();
        DepthwiseWeightPass mine = pass.Into(sums);
        long rows = (long)geometry.Batch * geometry.Vertical.Output;
        int end = (int)(rows * (chunk + 1) / chunks);
        for (int row = (int)(rows * chunk / chunks); row < end; row++)
            ColumnPass.Run(ref mine, width, row, 1, geometry.Outputs);
    }
}

/// <summary>Scratch memory that begins with zeros, which stand for pixels outside an image.</summary>
internal static unsafe class DepthwiseScratch
{
    /// <summary>Zeros at the beginning: the widest register.</summary>
    public const int ZeroCount = 16;

    /// <summary>Borrows the zeros, followed by <paramref name="bytes"/> bytes that are not cleared.</summary>
    public static Scratch Borrow(WorkerPool pool, nuint bytes)
    {
        Scratch lent = pool.Scratch((ZeroCount * sizeof(float)) + bytes);
        new Span<float>(lent.Pointer, ZeroCount).Clear();
        return lent;
    }
}
