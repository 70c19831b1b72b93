using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The gradient of the weights at one vector width: for each row of taps and each part of the batch's lines, a sum over places of
/// patch times dy. Parts follow from the shape alone and are added up in order.
/// </summary>
internal readonly unsafe struct WeightGradient<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private const int BlockPlaces = 128;
    private const int MostParts = 16;
    private const int LeastPlaces = 512;
    private const long LargestPartials = 4 << 20;

    private readonly ConvolutionOperands _operands;
    private readonly PatchGrid _grid;
    private readonly int _group;
    private readonly int _parts;
    private readonly nint _patchStride;
    private readonly nint _columnsPadded;
    private readonly float* _zeros;
    private readonly float* _memory;

    private WeightGradient(in ConvolutionOperands operands, int group, int parts, WorkerPool pool)
    {
        _operands = operands;
        _group = group;
        _parts = parts;
        ConvolutionShape s = operands.Shape;
        _grid = new PatchGrid
        {
            Batch = operands.Batch,
            PlacesX = s.OutputWidth,
            Source = operands.X + (group * s.GroupInputs),
            Height = s.Height,
            Width = s.Width,
            PixelStride = s.InputChannels,
            Channels = s.GroupInputs,
            TapsY = 1,
            TapsX = s.KernelWidth,
            StepY = s.StrideY,
            StepX = s.StrideX,
            FirstX = -s.PadLeft,
        };
        int width = TileKernels<TVec, TLanes>.Width;
        _patchStride = (((nint)_grid.RowDepth + 15) / 16 * 16) + 16;
        _columnsPadded = Partition.CeilingDivide(s.GroupOutputs, width) * width;
        _zeros = (float*)pool.Scratch((nuint)(width + (Chunks * ChunkFloats)) * sizeof(float));
        _memory = _zeros + width;
        new Span<float>(_zeros, width).Clear();
    }

    private int Chunks => _parts * _operands.Shape.KernelHeight;

    private nint ResultFloats => (nint)_grid.RowDepth * _columnsPadded;

    private nint ChunkFloats => ResultFloats + (BlockPlaces * (_patchStride + _columnsPadded));

    /// <summary>Computes dw.</summary>
    public static void Run(WorkerPool pool, in ConvolutionOperands operands)
    {
        ConvolutionShape s = operands.Shape;
        for (int group = 0; group < s.Groups; group++)
        {
            long places = operands.Batch * s.Positions;
            long limit = Math.Max(1, LargestPartials / (s.Weights / s.Groups));
            int parts = (int)Math.Clamp(Math.Min(places / LeastPlaces, limit), 1, MostParts);
            var work = new WeightGradient<TVec, TLanes>(operands, group, parts, pool);
            pool.For(work.Chunks, ref work);
            work.Combine();
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int chunk)
    {
        (int tapRow, int part) = Math.DivRem(chunk, _parts);
        ConvolutionShape s = _operands.Shape;
        float* result = _memory + (chunk * ChunkFloats);
        new Span<float>(result, (int)ResultFloats).Clear();
        PatchGrid grid = _grid;

        // The lines of output whose tap row lies inside the image.
        int offset = tapRow - s.PadTop;
        int first = offset >= 0 ? 0 : Partition.CeilingDivide(-offset, s.StrideY);
        int last = s.Height - 1 - offset;
        int end = last < 0 ? 0 : Math.Min(s.OutputHeight, (last / s.StrideY) + 1);
        grid.FirstY = (first * s.StrideY) + offset;
        grid.PlacesY = Math.Max(0, end - first);
        grid.Target = _operands.Y + (((nint)first * s.OutputWidth) * _operands.YStride) + (_group * s.GroupOutputs);
        grid.TargetStepX = _operands.YStride;
        grid.TargetStepY = s.OutputWidth * _operands.YStride;
        grid.TargetImage = s.OutputHeight * grid.TargetStepY;
        int begin = Partition.Begin(part, _parts, grid.Places);
        int stop = Partition.Begin(part + 1, _parts, grid.Places);
        for (int place = begin; place < stop; place += BlockPlaces)
            AddBlock(grid, place, Math.Min(BlockPlaces, stop - place), result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void AddBlock(in PatchGrid grid, int place, int count, float* result)
    {
        PatchRow* rows = stackalloc PatchRow[BlockPlaces];
        PatchGather<TVec, TLanes>.Locate(grid, place, count, rows);
        float* patches = result + ResultFloats;
        float* gradients = patches + (BlockPlaces * _patchStride);
        PatchGather<TVec, TLanes>.Run(grid, rows, count, 0, 1, patches, _patchStride);
        int columns = _operands.Shape.GroupOutputs;
        for (int i = 0; i < count; i++)
            PatchGather<TVec, TLanes>.Copy(rows[i].Target, gradients + (i * _columnsPadded), columns);
        Tile tile;
        tile.AStepStride = _patchStride;
        tile.ARowStride = 1;
        tile.BStepStride = _columnsPadded;
        tile.Steps = count;
        tile.BLast = null;
        tile.BLastStride = 0;
        tile.LastSteps = 0;
        tile.CRowStride = _columnsPadded;
        tile.StartRowStride = _columnsPadded;
        tile.ANext = 0;
        tile.BNext = TileKernels<TVec, TLanes>.Width;
        tile.CNext = tile.BNext;
        tile.StartNext = tile.BNext;
        tile.Columns = TileKernels<TVec, TLanes>.Width;
        tile.Count = (int)(_columnsPadded / tile.BNext);
        var tiles = new RowTiles(0, _grid.RowDepth, TileKernels<TVec, TLanes>.MaxHeight);
        for (int i = 0; i < tiles.Count; i++)
        {
            tile.A = patches + tiles.Row(i);
            tile.B = gradients;
            tile.C = result + (tiles.Row(i) * _columnsPadded);
            tile.Start = tile.C;
            TileKernels<TVec, TLanes>.Run(tiles.Height(i), &tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Combine()
    {
        ConvolutionShape s = _operands.Shape;
        for (int tapRow = 0; tapRow < s.KernelHeight; tapRow++)
        {
            float* sums = _memory + (tapRow * _parts * ChunkFloats);
            float* target =
                _operands.Weights + ((nint)tapRow * _grid.RowDepth * s.OutputChannels) + (_group * s.GroupOutputs);
            for (int part = 1; part < _parts; part++)
            {
                float* more = sums + (part * ChunkFloats);
                for (nint i = 0; i < ResultFloats; i += TLanes.Count)
                    TLanes.Store(sums + i, TLanes.Add(TLanes.Load(sums + i), TLanes.Load(more + i)));
            }

            for (int row = 0; row < _grid.RowDepth; row++)
            {
                PatchGather<TVec, TLanes>.Copy(
                    sums + (row * _columnsPadded),
                    target + ((nint)row * s.OutputChannels),
                    s.GroupOutputs
                );
            }
        }
    }
}
