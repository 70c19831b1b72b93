using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Gathers the two sums of normalisations' gradients while the gradient of their outputs is made: floats within a tile, doubles within a group of
/// tiles, groups in index order.
/// </summary>
internal readonly unsafe struct GradientSumsEpilogue(
    in PrecedingNormsOperands norms,
    int firstChannel,
    int channels,
    byte* memory
) : ITileEpilogue
{
    private const int LineFloats = 16;

    /// <summary>Lanes of the widest register.</summary>
    public const int MostLanes = 16;

    private readonly PrecedingNormsOperands _norms = norms;

    public static bool IsEmpty => false;

    public static bool NeedsPlace => true;

    private int Padded { get; } = PaddedTo(channels);

    /// <summary>Bytes for one group.</summary>
    public static nuint GroupBytes(int channels) => 2 * (nuint)PaddedTo(channels) * sizeof(double);

    public void Prefetch(float* tile, nint rowStride, int rows, int columns)
    {
        if (!Sse.IsSupported)
            return;
        PrefetchRows(tile, rowStride, rows, columns);
        var place = new TilePlace(_norms, tile, rowStride, columns);
        for (int i = 0; i < _norms.Count; i++)
        {
            if (!place.Meets(_norms.Norms[i]))
                continue;
            TileGradient part = place.Of(_norms.Norms[i]);
            PrefetchRows(part.X, part.XStride, rows, part.Columns);
            if (_norms.Norms[i].Y is not null)
                PrefetchRows(part.Y, rowStride, rows, part.Columns);
        }
    }

    public void Prefetch(float* begin, float* end)
    {
        nint first = (nint)(begin - _norms.Gradient) / _norms.Channels,
            last = (nint)(end - _norms.Gradient - 1) / _norms.Channels;
        for (int i = 0; i < _norms.Count; i++)
        {
            PrecedingNormOperands norm = _norms.Norms[i];
            AheadRange.Ask(norm.X + (first * norm.Channels), norm.X + ((last + 1) * norm.Channels));
            if (norm.Y is not null)
                AheadRange.Ask(norm.Y + (begin - _norms.Gradient), norm.Y + (end - _norms.Gradient));
        }
    }

    [MethodImpl(HotMethods.Loop)]
    void ITileEpilogue.Run<TLanes, TVec>(
        int group,
        bool isFirst,
        float* tile,
        nint rowStride,
        int rows,
        int column,
        int columns
    )
    {
        double* sums = Sums(group) + column;
        if (isFirst)
        {
            int whole = Partition.CeilingDivide(columns, TLanes.Count) * TLanes.Count;
            new Span<double>(sums, whole).Clear();
            new Span<double>(sums + Padded, whole).Clear();
        }

        var place = new TilePlace(_norms, tile, rowStride, columns);
        for (int i = 0; i < _norms.Count; i++)
        {
            if (!place.Meets(_norms.Norms[i]))
                continue;
            TileGradient part = place.Of(_norms.Norms[i]);
            part.Activation = _norms.Activation;
            part.Sums = sums + (part.Gradient - tile);
            part.Products = part.Sums + Padded;
            part.Rows = rows;
            _norms.Kernel(&part);
        }
    }

    /// <summary>Adds the sums of so many groups to those of the normalisations.</summary>
    public void Finish(int groups)
    {
        for (int i = 0; i < _norms.Count; i++)
        {
            PrecedingNormOperands norm = _norms.Norms[i];
            int begin = Math.Max(firstChannel, norm.FirstChannel),
                shared = Math.Min(firstChannel + channels, norm.FirstChannel + norm.Channels) - begin;
            double* to = norm.Sums + (begin - norm.FirstChannel);
            for (int group = 0; group < groups && shared > 0; group++)
            {
                double* sums = Sums(group) + (begin - firstChannel);
                GradientSums.Add(sums, to, shared);
                GradientSums.Add(sums + Padded, to + norm.Channels, shared);
            }
        }
    }

    private static void PrefetchRows(float* row, nint stride, int rows, int columns)
    {
        for (; rows > 0; rows--, row += stride)
        {
            for (float* line = row; line < row + columns; line += LineFloats)
                Sse.Prefetch0(line);
        }
    }

    // A register of sums may begin at any channel.
    private static int PaddedTo(int channels) =>
        Partition.CeilingDivide(channels + MostLanes - 1, MostLanes) * MostLanes;

    private double* Sums(int group) => (double*)(memory + ((nuint)group * GroupBytes(channels)));
}

/// <summary>The sums of one tile, and what the sink makes of its gradients.</summary>
internal static unsafe class TileGradientSums<TAct, TSink, TVec, TLanes>
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private const int MostLanes = GradientSumsEpilogue.MostLanes;

    /// <summary>Adds them.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(TileGradient* tile)
    {
        int column = 0;
        for (; column + TLanes.Count <= tile->Columns; column += TLanes.Count)
            Whole(tile, column);
        if (column < tile->Columns)
            Partial(tile, column, tile->Columns - column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Whole(TileGradient* tile, int column)
    {
        TAct act = Unsafe.AsRef<TAct>(tile->Activation);
        var affine = Affine<TLanes, TVec>.Load(tile->Center, tile->Scale, tile->Shift, column);
        TVec sum = TLanes.Zero,
            product = TLanes.Zero;
        nint step = tile->RowStride,
            xStep = tile->XStride,
            at = column,
            xAt = column;
        for (int row = tile->Rows; row > 0; row--, at += step, xAt += xStep)
        {
            TVec x = affine.Centered(TLanes.Load(tile->X + xAt));
            float* gradient = tile->Gradient + at;
            TVec d = PreGradient<TAct, TLanes, TVec>.Of(act, affine, x, tile->Y + at, gradient);
            TSink.Write<TLanes, TVec>(gradient, affine.Scale, d);
            sum = TLanes.Add(sum, d);
            product = TLanes.MultiplyAdd(d, x, product);
        }

        TLanes.AddTo(tile->Sums + column, sum);
        TLanes.AddTo(tile->Products + column, product);
    }

    // The same on copies whose rows fill a register: in which way a channel is summed does not show. Sums beyond the columns may be another thread's.
    [SkipLocalsInit]
    private static void Partial(TileGradient* tile, int column, int lanes)
    {
        int rows = tile->Rows;
        float* copies = stackalloc float[3 * (rows + 1) * MostLanes];
        double* sums = stackalloc double[2 * MostLanes];
        new Span<double>(sums, 2 * MostLanes).Clear();
        Copy(tile->Sums + column, sums, lanes);
        Copy(tile->Products + column, sums + MostLanes, lanes);
        TileGradient copy = *tile;
        copy.Center = Copied(copies, tile->Center + column, 0, 1, lanes);
        copy.Scale = Copied(copies + MostLanes, tile->Scale + column, 0, 1, lanes);
        copy.Shift = Copied(copies + (2 * MostLanes), tile->Shift + column, 0, 1, lanes);
        copies += 3 * MostLanes;
        copy.X = Copied(copies, tile->X + column, tile->XStride, rows, lanes);
        copies += rows * MostLanes;
        copy.Gradient = Copied(copies, tile->Gradient + column, tile->RowStride, rows, lanes);
        copies += rows * MostLanes;
        if (TAct.GradientUsesOutput)
            copy.Y = Copied(copies, tile->Y + column, tile->RowStride, rows, lanes);
        copy.XStride = copy.RowStride = MostLanes;
        copy.Sums = sums;
        copy.Products = sums + MostLanes;
        Whole(&copy, 0);
        Copy(sums, tile->Sums + column, lanes);
        Copy(sums + MostLanes, tile->Products + column, lanes);
        for (int row = 0; row < rows; row++)
        {
            float* gradient = tile->Gradient + (row * tile->RowStride) + column;
            TLanes.StorePartial(gradient, TLanes.Load(copy.Gradient + (row * MostLanes)), lanes);
        }
    }

    private static void Copy(double* from, double* to, int count) =>
        new Span<double>(from, count).CopyTo(new Span<double>(to, count));

    private static float* Copied(float* to, float* from, nint stride, int rows, int lanes)
    {
        for (int row = 0; row < rows; row++)
            TLanes.Store(to + (row * MostLanes), TLanes.LoadPartial(from + (row * stride), lanes));
        return to;
    }
}
