using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Resizing;

/// <summary>The four pixels around a position, as offsets, and their weights.</summary>
internal readonly record struct Corners(nint TopLeft, nint TopRight, nint BottomLeft, nint BottomRight)
{
    public float TopLeftWeight { get; init; }

    public float TopRightWeight { get; init; }

    public float BottomLeftWeight { get; init; }

    public float BottomRightWeight { get; init; }
}

/// <summary>What is done between one pixel of the result and the four around it.</summary>
internal interface IPixelTask
{
    void Run<TLanes, TVec>(in Corners corners, nint result, nint channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Visits the pixels of the result, some rows per chunk.</summary>
internal readonly struct BilinearPass<TTask>(
    WorkerPool pool,
    LinearAxis rows,
    LinearAxis columns,
    int channels,
    int chunks,
    int rowsPerChunk,
    TTask task
) : ILanesAction
    where TTask : struct, IPixelTask
{
    private readonly TTask _task = task;

    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        pool.For(chunks, new Rows<TLanes, TVec>(rows, columns, channels, rowsPerChunk, _task));
    }

    private readonly struct Rows<TLanes, TVec>(
        LinearAxis rows,
        LinearAxis columns,
        int channels,
        int perChunk,
        TTask task
    ) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            for (int i = 0; i < perChunk; i++)
            {
                (int image, int row) = Math.DivRem((chunk * perChunk) + i, rows.Made);
                for (int column = 0; column < columns.Made; column++)
                    Pixel(image, row, column);
            }
        }

        private void Pixel(int image, int row, int column)
        {
            Corners corners = At(image, row, column);
            nint result = ((((nint)image * rows.Made) + row) * columns.Made + column) * channels;
            int c = 0;
            for (; c + TLanes.Count <= channels; c += TLanes.Count)
                task.Run<TLanes, TVec>(corners, result, c);
            for (; c < channels; c++)
                task.Run<Lanes1, float>(corners, result, c);
        }

        private Corners At(int image, int row, int column)
        {
            nint top = Position(image, rows.Low[row]),
                bottom = Position(image, rows.High[row]),
                left = (nint)columns.Low[column] * channels,
                right = (nint)columns.High[column] * channels;
            float down = rows.Share[row],
                across = columns.Share[column];
            return new Corners(top + left, top + right, bottom + left, bottom + right)
            {
                TopLeftWeight = (1 - down) * (1 - across),
                TopRightWeight = (1 - down) * across,
                BottomLeftWeight = down * (1 - across),
                BottomRightWeight = down * across,
            };
        }

        private nint Position(int image, int row) => (((nint)image * rows.Length) + row) * columns.Length * channels;
    }
}

/// <summary>The result from the four.</summary>
internal readonly unsafe struct TakePixel(float* x, float* y) : IPixelTask
{
    public void Run<TLanes, TVec>(in Corners corners, nint result, nint channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* from = x + channel;
        TVec sum = TLanes.Multiply(TLanes.Splat(corners.TopLeftWeight), TLanes.Load(from + corners.TopLeft));
        sum = Add<TLanes, TVec>(sum, corners.TopRightWeight, from + corners.TopRight);
        sum = Add<TLanes, TVec>(sum, corners.BottomLeftWeight, from + corners.BottomLeft);
        sum = Add<TLanes, TVec>(sum, corners.BottomRightWeight, from + corners.BottomRight);
        TLanes.Store(y + result + channel, sum);
    }

    private static TVec Add<TLanes, TVec>(TVec sum, float weight, float* pixel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.MultiplyAdd(TLanes.Splat(weight), TLanes.Load(pixel), sum);
}

/// <summary>The result's gradient to the four.</summary>
internal readonly unsafe struct GivePixel(float* dx, float* dy) : IPixelTask
{
    public void Run<TLanes, TVec>(in Corners corners, nint result, nint channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* to = dx + channel;
        TVec gradient = TLanes.Load(dy + result + channel);
        Add<TLanes, TVec>(gradient, corners.TopLeftWeight, to + corners.TopLeft);
        Add<TLanes, TVec>(gradient, corners.TopRightWeight, to + corners.TopRight);
        Add<TLanes, TVec>(gradient, corners.BottomLeftWeight, to + corners.BottomLeft);
        Add<TLanes, TVec>(gradient, corners.BottomRightWeight, to + corners.BottomRight);
    }

    private static void Add<TLanes, TVec>(TVec gradient, float weight, float* pixel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.Store(pixel, TLanes.MultiplyAdd(TLanes.Splat(weight), gradient, TLanes.Load(pixel)));
}
