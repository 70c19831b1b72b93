using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Winograd;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Weights;

/// <summary>
/// The gradient of the weights at one vector width. A chunk is one panel of output channels over one part of the batch: it packs the
/// panel's gradients strip by strip and passes every tap over them. Parts are added up in order.
/// </summary>
internal readonly unsafe struct WeightGradient<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private readonly ConvolutionOperands _operands;
    private readonly WeightPlan _plan;
    private readonly int _group;
    private readonly float* _memory;

    private WeightGradient(in ConvolutionOperands operands, int group, in WeightPlan plan, float* memory)
    {
        _operands = operands;
        _plan = plan;
        _group = group;
        _memory = memory;
    }

    /// <summary>Computes dw.</summary>
    public static void Run(WorkerPool pool, in ConvolutionOperands operands)
    {
        PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, 0);
        ConvolutionMethod method = WinogradChoice.ForWeights(grid, operands.Shape.GroupOutputs, operands.Method);
        if (method == ConvolutionMethod.Direct)
        {
            RunPlain(pool, operands);
            return;
        }

        WinogradCut cut = WinogradCut.Of(InputPhases.Of(grid), method);
        WinogradFilters<TVec, TLanes>.Run(cut, new WinogradWeightPass<TVec, TLanes>(pool, operands, cut));
    }

    private static void RunPlain(WorkerPool pool, in ConvolutionOperands operands)
    {
        var plan = new WeightPlan(
            operands.Shape,
            operands.Batch,
            TileKernels<TVec, TLanes>.Width,
            copiesInput: operands.Norm != null
        );
        int chunks = plan.Parts * plan.PanelBlocks;
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            using Scratch lent = pool.Scratch((nuint)(chunks * plan.ChunkFloats) * sizeof(float));
            float* memory = (float*)lent.Pointer;
            pool.For(chunks, new WeightGradient<TVec, TLanes>(operands, group, plan, memory));
            pool.For(plan.Panels, new WeightGradientSum<TVec, TLanes>(operands, group, plan, memory));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        (int part, int block) = Math.DivRem(chunk, _plan.PanelBlocks);
        float* sums = _memory + (chunk * _plan.ChunkFloats);
        int panel = _plan.FirstPanel(block);
        int panels = _plan.FirstPanel(block + 1) - panel;
        PatchGather<TVec, TLanes>.Zero(sums, (int)_plan.PanelFloats * panels);
        int end = Partition.Begin(part + 1, _plan.Parts, _plan.Strips);
        for (int strip = Partition.Begin(part, _plan.Parts, _plan.Strips); strip < end; strip++)
            AddStrip(strip, panel, panels, sums);
    }

    [MethodImpl(HotMethods.Loop)]
    private void AddStrip(int strip, int panel, int panels, float* sums)
    {
        ConvolutionShape s = _operands.Shape;
        (int imageBlock, int lineBlock) = Math.DivRem(strip, _plan.StripsPerImage);
        int image = imageBlock * _plan.Images;
        int line = lineBlock * _plan.Lines;
        int images = Math.Min(_plan.Images, _operands.Batch - image);
        int lines = Math.Min(_plan.Lines, s.OutputHeight - line);
        float* packed = sums + (_plan.BlockPanels * _plan.PanelFloats);
        float* gradients = Gradients(image, line, images * lines * s.OutputWidth, panel, panels, packed);
        float* copy = packed + (_plan.BlockPanels * _plan.GradientFloats);
        if (_plan.CopiesInput)
            CopyLines(image, images, line, lines, copy);
        int columns = s.GroupOutputs - (panel * Width),
            merged = _plan.MergesTaps ? s.KernelWidth : 1;
        for (int tap = 0; tap < s.KernelHeight * s.KernelWidth; tap += merged)
        {
            WeightTile tile;
            tile.Sums = sums;
            tile.Ahead = AheadStream.None(&tile);
            if (_plan.CopiesInput)
                FromCopy(&tile, copy, gradients, images, lines, tap);
            if (_plan.CopiesInput || InImage(&tile, gradients, image, images, line, lines, tap))
                RunTiles(&tile, panels, columns, merged * s.GroupInputs);
            sums += (nint)merged * s.GroupInputs * Width;
        }
    }

    private static int Width => TileKernels<TVec, TLanes>.Width;

    private nint GradientStep => _plan.GradientsInPlace ? _operands.YStride : Width;

    private nint GradientPanel => _plan.GradientsInPlace ? Width : _plan.GradientFloats;

    [MethodImpl(HotMethods.Loop)]
    private void RunTiles(WeightTile* tile, int panels, int columns, int depth)
    {
        Merge(tile);
        var rows = new RowTiles(0, depth, TileKernels<TVec, TLanes>.MaxHeight);
        float* sums = tile->Sums;
        float* gradients = tile->Gradients;
        for (int i = 0; i < rows.Count; i++)
        {
            int height = rows.Height(i);
            for (int panel = 0; panel < panels; panel++)
            {
                tile->Sums = sums + (panel * _plan.PanelFloats);
                tile->Gradients = gradients + (panel * GradientPanel);
                WeightTileKernels<TVec, TLanes>.Run(height, columns - (panel * Width), tile);
            }

            tile->X += height;
            sums += height * Width;
        }
    }

    // Lines that follow each other without a gap are one long line; so are images.
    private static void Merge(WeightTile* tile)
    {
        if (tile->XLineJump == 0 && tile->GradientLineJump == 0)
        {
            tile->Steps *= tile->Lines;
            tile->Lines = 1;
            if (tile->XImageJump == 0 && tile->GradientImageJump == 0)
            {
                tile->Steps *= tile->Images;
                tile->Images = 1;
            }
        }
    }

    // One tap, or a row from one on, on a copy that has all of them for every position.
    private void FromCopy(WeightTile* tile, float* copy, float* gradients, int images, int lines, int tap)
    {
        ConvolutionShape s = _operands.Shape;
        nint pitch = _plan.StripColumns * _plan.StripPixel;
        (int row, int column) = Math.DivRem(tap, s.KernelWidth);
        tile->X = copy + (row * pitch) + (column * _plan.StripPixel);
        tile->XStep = s.StrideX * _plan.StripPixel;
        tile->XLineJump = (s.StrideY * pitch) - (s.OutputWidth * tile->XStep);
        tile->XImageJump = _plan.StripFloats - (lines * s.StrideY * pitch);
        tile->Gradients = gradients;
        tile->GradientStep = GradientStep;
        tile->GradientLineJump = 0;
        tile->GradientImageJump = 0;
        tile->Steps = s.OutputWidth;
        tile->Lines = lines;
        tile->Images = images;
    }

    // One tap on the positions where it lies inside the image; false if there are none.
    private bool InImage(WeightTile* tile, float* gradients, int image, int images, int line, int lines, int tap)
    {
        ConvolutionShape s = _operands.Shape;
        int offsetY = (tap / s.KernelWidth) - s.PadTop;
        int offsetX = (tap % s.KernelWidth) - s.PadLeft;
        (int firstY, int endY) = Inside(offsetY, s.StrideY, s.Height, line, line + lines);
        (int firstX, int endX) = Inside(offsetX, s.StrideX, s.Width, 0, s.OutputWidth);
        if (firstY >= endY || firstX >= endX)
            return false;
        nint pixel = s.InputChannels;
        nint pitch = s.Width * pixel;
        nint imagePitch = s.Height * pitch;
        float* x = _operands.X + (image * imagePitch) + (_group * s.GroupInputs);
        int y = (firstY * s.StrideY) + offsetY;
        int column = (firstX * s.StrideX) + offsetX;
        tile->X = x + (y * pitch) + (column * pixel);
        tile->XStep = s.StrideX * pixel;
        tile->XLineJump = (s.StrideY * pitch) - ((endX - firstX) * tile->XStep);
        tile->XImageJump = imagePitch - ((endY - firstY) * s.StrideY * pitch);
        tile->GradientStep = GradientStep;
        tile->Gradients = gradients + ((((firstY - line) * s.OutputWidth) + firstX) * GradientStep);
        tile->GradientLineJump = (s.OutputWidth - (endX - firstX)) * GradientStep;
        tile->GradientImageJump = (lines - (endY - firstY)) * s.OutputWidth * GradientStep;
        tile->Steps = endX - firstX;
        tile->Lines = endY - firstY;
        tile->Images = images;
        return true;
    }

    // The outputs from begin to before end whose input, at stride * output + offset, exists.
    private static (int First, int End) Inside(int offset, int stride, int length, int begin, int end)
    {
        int first = offset >= 0 ? 0 : Partition.CeilingDivide(-offset, stride);
        int last = length - 1 - offset;
        return (Math.Max(begin, first), last < 0 ? 0 : Math.Min(end, (last / stride) + 1));
    }

    // The gradients of the strip's positions: where they lie, or packed panel by panel.
    private float* Gradients(int image, int line, int positions, int panel, int panels, float* packed)
    {
        ConvolutionShape s = _operands.Shape;
        nint first = ((nint)image * s.OutputHeight) + line;
        float* gradients = _operands.Y + (first * s.OutputWidth * _operands.YStride) + (_group * s.GroupOutputs);
        if (_plan.GradientsInPlace)
            return gradients + (panel * Width);
        var product = new Product
        {
            Depth = positions,
            Columns = s.GroupOutputs,
            B = gradients,
            BStepStride = _operands.YStride,
            BColumnStride = 1,
        };
        for (int i = 0; i < panels; i++)
        {
            float* target = packed + (i * _plan.GradientFloats);
            PanelPacking<TVec, TLanes>.Pack(product, panel + i, 0, positions, target);
        }

        return packed;
    }

    private void CopyLines(int image, int images, int line, int lines, float* copy)
    {
        ConvolutionShape s = _operands.Shape;
        var source = new StripSource
        {
            Norm = _operands.Norm,
            Height = s.Height,
            Width = s.Width,
            Channels = s.GroupInputs,
            PixelStride = s.InputChannels,
            StripPixel = _plan.StripPixel,
        };
        float* x = _operands.X + (_group * s.GroupInputs);
        int y = (line * s.StrideY) - s.PadTop;
        int rows = ((lines - 1) * s.StrideY) + s.KernelHeight;
        for (int i = 0; i < images; i++)
        {
            float* from = x + ((nint)(image + i) * s.Height * s.Width * s.InputChannels);
            float* to = copy + (i * _plan.StripFloats);
            LineStrip<TVec, TLanes>.Copy(source, from, y, rows, -s.PadLeft, _plan.StripColumns, to);
        }
    }
}
