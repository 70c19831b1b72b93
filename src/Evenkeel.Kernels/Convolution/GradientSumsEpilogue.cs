using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Convolution;

/// <summary>The memory of a normalisation in front of a convolution, laid out as the gradient that the convolution makes.</summary>
internal unsafe struct PrecedingNormOperands
{
    /// <summary>Sums of a tile; <see cref="TileGradientSums{TAct,TSink,TVec,TLanes}"/>.</summary>
    public delegate* <TileGradient*, void> Kernel;
    public void* Activation;
    public float* X;
    public float* Y;
    public float* Gradient;
    public float* Center;
    public float* Scale;
    public float* Shift;
    public double* Sums;
    public int Channels;
}

/// <summary>A tile of a gradient that was just made, and what belongs to it.</summary>
internal unsafe struct TileGradient
{
    public void* Activation;
    public float* Gradient;
    public float* X;
    public float* Y;
    public float* Center;
    public float* Scale;
    public float* Shift;
    public double* Sums;
    public double* Products;
    public nint RowStride;
    public int Rows;
    public int Columns;
}

/// <summary>
/// Gathers the two sums of a normalisation's gradient while the gradient of its output is made: floats within a tile, doubles within a group of
/// tiles, groups in index order.
/// </summary>
internal readonly unsafe struct GradientSumsEpilogue(
    in PrecedingNormOperands norm,
    int firstChannel,
    byte* memory,
    int padded
) : ITileEpilogue
{
    private const int LineFloats = 16;

    // 12 KB with x and y; more would push out what the product reads.
    private const int MostPrefetched = 1 << 10;

    private readonly PrecedingNormOperands _norm = norm;

    public static bool IsEmpty => false;

    public static bool NeedsPlace => true;

    /// <summary>Bytes for one group.</summary>
    public static nuint GroupBytes(int paddedChannels) => 2 * (nuint)paddedChannels * sizeof(double);

    public void Prefetch(float* tile, nint rowStride, int rows, int columns)
    {
        if (!Sse.IsSupported || rows * columns > MostPrefetched)
            return;
        nint toX = (nint)(_norm.X - _norm.Gradient),
            toY = _norm.Y is null ? 0 : (nint)(_norm.Y - _norm.Gradient);
        for (; rows > 0; rows--, tile += rowStride)
        {
            for (float* line = tile; line < tile + columns; line += LineFloats)
            {
                Sse.Prefetch0(line);
                Sse.Prefetch0(line + toX);
                Sse.Prefetch0(line + toY);
            }
        }
    }

    [MethodImpl(HotMethods.Compilation)]
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
        nint place = (nint)(tile - _norm.Gradient);
        int channel = firstChannel + column;
        TileGradient gradient;
        gradient.Activation = _norm.Activation;
        gradient.Gradient = tile;
        gradient.X = _norm.X + place;
        gradient.Y = _norm.Y + place;
        gradient.Center = _norm.Center + channel;
        gradient.Scale = _norm.Scale + channel;
        gradient.Shift = _norm.Shift + channel;
        gradient.Sums = Sums(group) + column;
        gradient.Products = gradient.Sums + padded;
        gradient.RowStride = rowStride;
        gradient.Rows = rows;
        gradient.Columns = columns;
        if (isFirst)
        {
            int whole = Math.Min(padded - column, Partition.CeilingDivide(columns, TLanes.Count) * TLanes.Count);
            new Span<double>(gradient.Sums, whole).Clear();
            new Span<double>(gradient.Products, whole).Clear();
        }

        _norm.Kernel(&gradient);
    }

    /// <summary>Adds the sums of so many groups to those of the normalisation.</summary>
    public void Finish(int groups, int channels)
    {
        for (int group = 0; group < groups; group++)
        {
            GradientSums.Add(Sums(group), _norm.Sums + firstChannel, channels);
            GradientSums.Add(Sums(group) + padded, _norm.Sums + _norm.Channels + firstChannel, channels);
        }
    }

    private double* Sums(int group) => (double*)(memory + ((nuint)group * GroupBytes(padded)));
}

/// <summary>The sums of one tile, and what the sink makes of its gradients.</summary>
internal static unsafe class TileGradientSums<TAct, TSink, TVec, TLanes>
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private const int MostLanes = 16;

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
            at = column;
        for (int row = tile->Rows; row > 0; row--, at += step)
        {
            TVec x = affine.Centered(TLanes.Load(tile->X + at));
            float* gradient = tile->Gradient + at;
            TVec d = PreGradient<TAct, TLanes, TVec>.Of(act, affine, x, tile->Y + at, gradient);
            TSink.Write<TLanes, TVec>(gradient, affine.Scale, d);
            sum = TLanes.Add(sum, d);
            product = TLanes.MultiplyAdd(d, x, product);
        }

        TLanes.AddTo(tile->Sums + column, sum);
        TLanes.AddTo(tile->Products + column, product);
    }

    // The same on copies that fill a register.
    [SkipLocalsInit]
    private static void Partial(TileGradient* tile, int column, int lanes)
    {
        float* copies = stackalloc float[6 * MostLanes];
        TileGradient copy = *tile;
        copy.Columns = TLanes.Count;
        copy.Rows = 1;
        copy.Center = Copied(copies, tile->Center + column, lanes);
        copy.Scale = Copied(copies + MostLanes, tile->Scale + column, lanes);
        copy.Shift = Copied(copies + (2 * MostLanes), tile->Shift + column, lanes);
        copy.Sums += column;
        copy.Products += column;
        nint at = column;
        for (int row = tile->Rows; row > 0; row--, at += tile->RowStride)
        {
            copy.X = Copied(copies + (3 * MostLanes), tile->X + at, lanes);
            if (TAct.GradientUsesOutput)
                copy.Y = Copied(copies + (4 * MostLanes), tile->Y + at, lanes);
            copy.Gradient = Copied(copies + (5 * MostLanes), tile->Gradient + at, lanes);
            Whole(&copy, 0);
            TLanes.StorePartial(tile->Gradient + at, TLanes.Load(copy.Gradient), lanes);
        }
    }

    private static float* Copied(float* to, float* from, int lanes)
    {
        TLanes.Store(to, TLanes.LoadPartial(from, lanes));
        return to;
    }
}
