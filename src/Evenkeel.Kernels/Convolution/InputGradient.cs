using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Winograd;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The gradient of the input at one vector width: for each remainder of the strides a convolution of dy, with stride 1, by the
/// taps that reach the pixels of that remainder.
/// </summary>
internal static unsafe class InputGradient<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // A part of the last-level cache of a small machine.
    private const long BlockBytes = 4 << 20;

    // With fewer images in a block, its weights would be packed too often.
    private const int FewestImages = 16;

    /// <summary>dx = the gradient, or dx += it; with normalisations in front, their sums too.</summary>
    public static void Run(
        WorkerPool pool,
        in ConvolutionOperands operands,
        bool accumulates,
        PrecedingNormsOperands* norms = null
    )
    {
        ConvolutionShape s = operands.Shape;
        if (!accumulates && s.LeavesInputsOut)
            new ZeroFill(operands.X, operands.Batch * s.InputImage).Run(pool);
        int block = BlockImages(operands, norms);
        for (int image = 0; image < operands.Batch; image += block)
        {
            ConvolutionOperands part = operands;
            part.Batch = Math.Min(block, operands.Batch - image);
            part.X += image * s.InputImage;
            part.Y += image * s.Positions * operands.YStride;
            RunPhases(pool, part, accumulates, norms);
        }
    }

    // Every phase goes through all images, and finds those of a block in a cache.
    private static int BlockImages(in ConvolutionOperands operands, PrecedingNormsOperands* norms)
    {
        ConvolutionShape s = operands.Shape;
        if (s.StrideY * s.StrideX == 1)
            return Math.Max(1, operands.Batch);
        // Beside a gradient, the sums read x and perhaps y of each position.
        long floats = (s.InputImage * (norms is null ? 1 : 3)) + (s.Positions * operands.YStride);
        return (int)Math.Max(FewestImages, BlockBytes / sizeof(float) / floats);
    }

    private static void RunPhases(
        WorkerPool pool,
        in ConvolutionOperands operands,
        bool accumulates,
        PrecedingNormsOperands* norms
    )
    {
        ConvolutionShape s = operands.Shape;
        for (int y = 0; y < s.StrideY; y++)
        {
            var vertical = new GradientPhase(y, s.StrideY, s.PadTop, s.KernelHeight, s.Height);
            for (int x = 0; x < s.StrideX; x++)
            {
                var horizontal = new GradientPhase(x, s.StrideX, s.PadLeft, s.KernelWidth, s.Width);
                for (int group = 0; group < s.Groups; group++)
                    RunPhase(pool, operands, new PhaseOfGroup(group, vertical, horizontal), accumulates, norms);
            }
        }
    }

    private static void RunPhase(
        WorkerPool pool,
        in ConvolutionOperands operands,
        PhaseOfGroup phase,
        bool accumulates,
        PrecedingNormsOperands* norms
    )
    {
        PatchGrid grid = Grid(operands, phase);
        // No tap reaches positions without depth.
        if (grid.Positions == 0 || grid.Depth == 0)
            return;
        int columns = operands.Shape.GroupInputs;
        ConvolutionMethod method = WinogradChoice.ForProduct(grid, columns, operands.Method);
        if (method != ConvolutionMethod.Direct)
        {
            WinogradPlan plan = WinogradPlan.Of<TVec, TLanes>(grid, columns, method, pool.Active);
            plan.Accumulates = accumulates;
            Multiply(pool, operands, phase, grid, plan, norms);
        }
        else
        {
            PatchPlan plan = PatchPlan.Of<TVec, TLanes>(grid, columns, pool.Active);
            plan.Accumulates = accumulates;
            Multiply(pool, operands, phase, grid, plan, norms);
        }
    }

    private static void Multiply<TPlan>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        PhaseOfGroup phase,
        in PatchGrid grid,
        TPlan plan,
        PrecedingNormsOperands* norms
    )
        where TPlan : struct, IProductPlan
    {
        int columns = operands.Shape.GroupInputs;
        nuint sums = norms is null ? 0 : (nuint)plan.Groups * GradientSumsEpilogue.GroupBytes(columns);
        using Scratch lent = pool.Scratch(sums + ((plan.WeightFloats + plan.ScratchFloats) * sizeof(float)));
        float* memory = (float*)(lent.Pointer + sums);
        plan.Place(memory, memory + plan.WeightFloats);
        var packing = new TransposedWeightPacking<TVec, TLanes>(
            operands.Shape,
            phase.Group,
            phase.Vertical,
            phase.Horizontal,
            operands.Weights,
            plan.Weights
        );
        plan.Pack<TVec, TLanes, TransposedWeightPacking<TVec, TLanes>>(pool, packing);
        if (norms is null)
        {
            plan.Multiply<TVec, TLanes, NoEpilogue>(pool, grid, null, default);
            return;
        }

        var epilogue = new GradientSumsEpilogue(*norms, phase.Group * columns, columns, lent.Pointer);
        plan.Multiply<TVec, TLanes, GradientSumsEpilogue>(pool, grid, null, epilogue);
        epilogue.Finish(plan.Groups);
    }

    private static PatchGrid Grid(in ConvolutionOperands operands, PhaseOfGroup phase)
    {
        (int group, GradientPhase vertical, GradientPhase horizontal) = phase;
        ConvolutionShape s = operands.Shape;
        nint pixel = s.InputChannels;
        var grid = new PatchGrid
        {
            Batch = operands.Batch,
            PositionsY = vertical.Positions,
            PositionsX = horizontal.Positions,
            Source = operands.Y + (group * s.GroupOutputs),
            Height = s.OutputHeight,
            Width = s.OutputWidth,
            PixelStride = operands.YStride,
            Channels = s.GroupOutputs,
            TapsY = vertical.Taps,
            TapsX = horizontal.Taps,
            StepY = 1,
            StepX = 1,
            FirstY = vertical.FirstOutput,
            FirstX = horizontal.FirstOutput,
            Target =
                operands.X + (((vertical.First * (nint)s.Width) + horizontal.First) * pixel) + (group * s.GroupInputs),
            TargetPixel = pixel,
            TargetStepX = s.StrideX * pixel,
            TargetStepY = s.StrideY * s.Width * pixel,
            TargetImage = (nint)s.Height * s.Width * pixel,
        };
        grid.Order = PatchCut.Order(grid);
        return grid;
    }
}

/// <summary>
/// Along one axis, the input positions that have the same remainder by the stride: the same taps reach all of them. Position
/// <see cref="First"/> + stride j reads output j + <see cref="FirstOutput"/> with its first tap, the last of the kernel.
/// </summary>
internal readonly record struct GradientPhase
{
    private readonly int _stride;
    private readonly int _remainder;

    /// <param name="remainder">Remainder of (position + padding) by the stride.</param>
    /// <param name="stride">Stride of the convolution.</param>
    /// <param name="padding">Zeros in front of the image.</param>
    /// <param name="kernel">Taps of the kernel.</param>
    /// <param name="length">Positions of the input.</param>
    public GradientPhase(int remainder, int stride, int padding, int kernel, int length)
    {
        _stride = stride;
        _remainder = remainder;
        Taps = remainder < kernel ? Partition.CeilingDivide(kernel - remainder, stride) : 0;
        First = (((remainder - padding) % stride) + stride) % stride;
        Positions = First < length ? Partition.CeilingDivide(length - First, stride) : 0;
        FirstOutput = ((First + padding - remainder) / stride) - (Taps - 1);
    }

    /// <summary>Taps that reach these positions.</summary>
    public int Taps { get; }

    /// <summary>The first of the positions.</summary>
    public int First { get; }

    /// <summary>How many positions there are.</summary>
    public int Positions { get; }

    /// <summary>The output that the first tap of position <see cref="First"/> reads; may lie outside.</summary>
    public int FirstOutput { get; }

    /// <summary>Kernel index of tap <paramref name="index"/> in the order of outputs.</summary>
    public int Tap(int index) => _remainder + (_stride * (Taps - 1 - index));
}

/// <summary>A phase along both axes, and the group of channels.</summary>
internal readonly record struct PhaseOfGroup(int Group, GradientPhase Vertical, GradientPhase Horizontal);

/// <summary>Writes zeros, for the positions that no tap reaches.</summary>
internal readonly unsafe struct ZeroFill(float* first, long count) : IChunkWork
{
    private const int Piece = 1 << 16;

    /// <summary>Writes all.</summary>
    public void Run(WorkerPool pool) => pool.For((int)((count + Piece - 1) / Piece), this);

    /// <inheritdoc/>
    public void Run(int chunk)
    {
        long begin = (long)chunk * Piece;
        new Span<float>(first + begin, (int)Math.Min(Piece, count - begin)).Clear();
    }
}
