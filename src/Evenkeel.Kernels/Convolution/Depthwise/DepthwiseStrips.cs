using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>How the outputs of a depthwise convolution are cut: strips of whole lines of an image, and registers of channels of each.</summary>
internal readonly struct DepthwiseCut
{
    // In the first-level cache, beside what it is copied from.
    private const long StripBytes = 24 << 10;

    // Multiplications so short wait for what they read: one counts as so many of a matrix product.
    private const double OperationCost = 3;

    // Taps that read a pixel of the copy.
    private const int FewestTaps = 4;

    /// <param name="geometry">The convolution.</param>
    /// <param name="lanes">Channels of a register, no more than there are.</param>
    /// <param name="threads">Threads to compute with.</param>
    public DepthwiseCut(in DepthwiseGeometry geometry, int lanes, int threads)
    {
        Columns = ((geometry.Horizontal.Output - 1) * geometry.Horizontal.Stride) + geometry.Horizontal.Window;
        Registers = geometry.Inputs / lanes;
        long affordable = (StripBytes / (sizeof(float) * (long)Columns * lanes)) - geometry.Vertical.Window;
        int lines = (int)Math.Clamp(1 + (affordable / geometry.Vertical.Stride), 1, geometry.Vertical.Output);
        Strips = Partition.CeilingDivide(geometry.Vertical.Output, lines);
        Lines = (
            ((Partition.CeilingDivide(geometry.Vertical.Output, Strips) - 1) * geometry.Vertical.Stride)
            + geometry.Vertical.Window
        );
        Items = geometry.Batch * Strips * Registers;
        StripFloats = (((nint)Lines * Columns) + (geometry.Taps * geometry.GroupChannels)) * lanes;
        double operations =
            2.0
            * geometry.Taps
            * geometry.GroupChannels
            * geometry.Batch
            * geometry.Vertical.Output
            * geometry.Horizontal.Output
            * geometry.Outputs;
        Chunks = Math.Min(Items, Partition.Count(OperationCost * operations, threads));
    }

    /// <summary>Whether windows share their pixels: the copy of one that few taps read costs more than it saves.</summary>
    public static bool Pays(in DepthwiseGeometry geometry) =>
        geometry.Taps * geometry.GroupChannels >= FewestTaps * geometry.Vertical.Stride * geometry.Horizontal.Stride;

    /// <summary>Pixels of a line of a strip, with the padding.</summary>
    public int Columns { get; }

    /// <summary>Lines of the tallest strip, with the padding.</summary>
    public int Lines { get; }

    /// <summary>Strips of an image.</summary>
    public int Strips { get; }

    /// <summary>Registers that the channels fill; with the last one go those channels that fill none.</summary>
    public int Registers { get; }

    /// <summary>Registers of all strips of all images.</summary>
    public int Items { get; }

    /// <summary>Pieces of work.</summary>
    public int Chunks { get; }

    /// <summary>Floats of the copy of a strip and of the weights of its channels.</summary>
    public nint StripFloats { get; }
}

/// <summary>
/// A convolution of groups of few channels by strips: the lines that a few lines of outputs see are copied for a register of channels at a time,
/// with zeros around, so that every window is whole and lies in the first-level cache.
/// </summary>
internal readonly unsafe struct DepthwiseStrips<TVec, TLanes, TSums>(
    DepthwiseGeometry geometry,
    DepthwiseCut cut,
    TSums sums,
    DepthwiseOperands operands,
    float* scratch
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TSums : struct, IStripSums
{
    private readonly float* _scratch = scratch;

    /// <summary>Computes all outputs.</summary>
    public static void Run(WorkerPool pool, in DepthwiseGeometry geometry, TSums sums, in DepthwiseOperands operands)
    {
        var cut = new DepthwiseCut(geometry, TLanes.Count, pool.Active);
        using Scratch lent = pool.Scratch((nuint)(cut.Chunks * cut.StripFloats * sizeof(float)));
        pool.For(
            cut.Chunks,
            new DepthwiseStrips<TVec, TLanes, TSums>(geometry, cut, sums, operands, (float*)lent.Pointer)
        );
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        float* strip = _scratch + (chunk * cut.StripFloats);
        int end = Partition.Begin(chunk + 1, cut.Chunks, cut.Items);
        for (int item = Partition.Begin(chunk, cut.Chunks, cut.Items); item < end; item++)
        {
            (int line, int register) = Math.DivRem(item, cut.Registers);
            (int image, int part) = Math.DivRem(line, cut.Strips);
            RunStrip(image, part, register * TLanes.Count, strip);
            // What fills no register goes once more with those before it: the same sums, written twice by one thread.
            if (register == cut.Registers - 1 && geometry.Inputs % TLanes.Count != 0)
                RunStrip(image, part, geometry.Inputs - TLanes.Count, strip);
        }
    }

    private void RunStrip(int image, int part, int channel, float* strip)
    {
        int first = Partition.Begin(part, cut.Strips, geometry.Vertical.Output),
            end = Partition.Begin(part + 1, cut.Strips, geometry.Vertical.Output);
        nint pixel = TLanes.Count;
        float* weights = strip + (cut.Lines * cut.Columns * pixel);
        int lines = ((end - first - 1) * geometry.Vertical.Stride) + geometry.Vertical.Window;
        CopyLines(image, geometry.Vertical.Start(first), lines, channel, strip);
        Copy(operands.Weights + channel, geometry.Taps * geometry.GroupChannels, geometry.Outputs, weights);
        var tile = new DepthwiseTile
        {
            Step = geometry.Horizontal.Stride * pixel,
            Line = cut.Columns * pixel,
            TapsY = geometry.Vertical.Window,
            TapsX = geometry.Horizontal.Window,
            Weights = weights,
            TargetStep = operands.TargetStride,
            Channel = channel,
        };
        nint row = ((nint)image * geometry.Vertical.Output) + first;
        float* target = operands.Target + (row * geometry.Horizontal.Output * tile.TargetStep) + channel;
        for (int y = first; y < end; y++)
        {
            RunLine(ref tile, strip, target);
            strip += geometry.Vertical.Stride * tile.Line;
            target += geometry.Horizontal.Output * tile.TargetStep;
        }
    }

    private void RunLine(ref DepthwiseTile tile, float* strip, float* target)
    {
        var tiles = new RowTiles(0, geometry.Horizontal.Output, DepthwiseTile.MaxHeight);
        for (int i = 0; i < tiles.Count; i++)
        {
            int height = tiles.Height(i);
            tile.Strip = strip;
            tile.Target = target;
            sums.Run<TVec, TLanes>(height, tile);
            strip += height * tile.Step;
            target += height * tile.TargetStep;
        }
    }

    private void CopyLines(int image, int y, int lines, int channel, float* strip)
    {
        int left = Math.Clamp(geometry.Horizontal.Pad, 0, cut.Columns),
            right = Math.Clamp(geometry.Horizontal.Input + geometry.Horizontal.Pad, left, cut.Columns);
        nint pixel = TLanes.Count,
            line = (nint)geometry.Horizontal.Input * geometry.Inputs;
        float* source = operands.Source + ((((nint)image * geometry.Vertical.Input) + y) * line) + channel;
        for (int end = y + lines; y < end; y++, source += line)
        {
            bool isInside = (uint)y < (uint)geometry.Vertical.Input;
            int first = isInside ? left : cut.Columns,
                last = isInside ? right : cut.Columns;
            Clear(strip, first * pixel);
            Copy(source, last - first, geometry.Inputs, strip + (first * pixel));
            Clear(strip + (last * pixel), (cut.Columns - last) * pixel);
            strip += cut.Columns * pixel;
        }
    }

    // Registers that lie apart, side by side.
    [MethodImpl(HotMethods.Loop)]
    private static void Copy(float* from, int count, nint step, float* to)
    {
        for (; count > 0; count--, from += step, to += TLanes.Count)
            TLanes.Store(to, TLanes.Load(from));
    }

    private static void Clear(float* to, nint floats)
    {
        for (nint i = 0; i < floats; i += TLanes.Count)
            TLanes.Store(to + i, TLanes.Zero);
    }
}

/// <summary>Picks the registers of strips.</summary>
internal static class DepthwiseStrips
{
    /// <summary>Computes all outputs in the widest registers that the channels fill.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="width">Floats of the widest registers.</param>
    /// <param name="geometry">The convolution.</param>
    /// <param name="sums">How outputs are added up.</param>
    /// <param name="operands">Its memory.</param>
    public static void Run<TSums>(
        WorkerPool pool,
        int width,
        in DepthwiseGeometry geometry,
        TSums sums,
        DepthwiseOperands operands
    )
        where TSums : struct, IStripSums
    {
        if (geometry.Batch > 0)
            WidestLanes.RunAtMost(Math.Min(width, geometry.Inputs), new Action<TSums>(pool, geometry, sums, operands));
    }

    private readonly struct Action<TSums>(
        WorkerPool pool,
        DepthwiseGeometry geometry,
        TSums sums,
        DepthwiseOperands operands
    ) : ILanesAction
        where TSums : struct, IStripSums
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => DepthwiseStrips<TVec, TLanes, TSums>.Run(pool, geometry, sums, operands);
    }
}
