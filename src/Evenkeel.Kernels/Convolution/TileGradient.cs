using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution;

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

    /// <summary>Floats between rows of the gradient and of y.</summary>
    public nint RowStride;
    public nint XStride;
    public int Rows;
    public int Columns;
}

/// <summary>Where a tile of a gradient lies, and what of it belongs to a normalisation.</summary>
internal readonly unsafe struct TilePlace
{
    private readonly float* _tile;
    private readonly nint _place;
    private readonly nint _rowStride;
    private readonly int _channel;
    private readonly int _columns;

    // In positions.
    private readonly nint _first;
    private readonly nint _step;

    public TilePlace(in PrecedingNormsOperands norms, float* tile, nint rowStride, int columns)
    {
        _tile = tile;
        _place = (nint)(tile - norms.Gradient);
        _rowStride = rowStride;
        _columns = columns;
        // A buffer has fewer than 2^31 floats, and short divisions are faster.
        (uint first, uint channel) = Math.DivRem((uint)_place, (uint)norms.Channels);
        _first = (nint)first;
        _channel = (int)channel;
        _step = (nint)((uint)rowStride / (uint)norms.Channels);
    }

    /// <summary>Whether any of its columns does.</summary>
    public bool Meets(in PrecedingNormOperands norm) =>
        norm.FirstChannel < _channel + _columns && _channel < norm.FirstChannel + norm.Channels;

    /// <summary>Those columns, without sums.</summary>
    [SkipLocalsInit]
    public TileGradient Of(in PrecedingNormOperands norm)
    {
        int begin = Math.Max(_channel, norm.FirstChannel),
            own = begin - norm.FirstChannel;
        TileGradient part;
        Unsafe.SkipInit(out part);
        part.Gradient = _tile + (begin - _channel);
        part.X = norm.X + (_first * norm.Channels) + own;
        part.Y = norm.Y + _place + (begin - _channel) - norm.FirstChannel;
        part.Center = norm.Center + own;
        part.Scale = norm.Scale + own;
        part.Shift = norm.Shift + own;
        part.RowStride = _rowStride;
        part.XStride = _step * norm.Channels;
        part.Columns = Math.Min(_channel + _columns, norm.FirstChannel + norm.Channels) - begin;
        return part;
    }
}
