using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>Three neighbouring rows of an image; those outside it read zeros, and so do columns outside.</summary>
internal readonly unsafe struct ThreeRows
{
    private readonly float* _first;
    private readonly float* _second;
    private readonly float* _third;
    private readonly nint _firstStep;
    private readonly nint _secondStep;
    private readonly nint _thirdStep;
    private readonly int _columns;

    /// <summary>Rows <paramref name="row"/> to <paramref name="row"/> + 2 of an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="channels">Its channels.</param>
    /// <param name="row">May be outside, on either side.</param>
    /// <param name="channel">The channel to read from.</param>
    /// <param name="zeros">As many zeros as a register holds.</param>
    public ThreeRows(float* image, int rows, int columns, int channels, int row, int channel, float* zeros)
    {
        nint line = (nint)columns * channels;
        float* first = image + (row * line) + channel;
        bool hasFirst = (uint)row < (uint)rows;
        bool hasSecond = (uint)(row + 1) < (uint)rows;
        bool hasThird = (uint)(row + 2) < (uint)rows;
        _columns = columns;
        _first = hasFirst ? first : zeros;
        _second = hasSecond ? first + line : zeros;
        _third = hasThird ? first + (2 * line) : zeros;
        _firstStep = hasFirst ? channels : 0;
        _secondStep = hasSecond ? channels : 0;
        _thirdStep = hasThird ? channels : 0;
    }

    /// <summary>Floats from a pixel to the next, 0 outside the image.</summary>
    public nint FirstStep => _firstStep;

    /// <inheritdoc cref="FirstStep"/>
    public nint SecondStep => _secondStep;

    /// <inheritdoc cref="FirstStep"/>
    public nint ThirdStep => _thirdStep;

    /// <summary>Column <paramref name="s"/> of a row, which may lie outside.</summary>
    public float* First(int s) => _first + (s * _firstStep);

    /// <inheritdoc cref="First"/>
    public float* Second(int s) => _second + (s * _secondStep);

    /// <inheritdoc cref="First"/>
    public float* Third(int s) => _third + (s * _thirdStep);

    /// <summary>The three pixels of column <paramref name="s"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read<TLanes, TVec>(int s, out TVec first, out TVec second, out TVec third)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        if ((uint)s >= (uint)_columns)
        {
            first = second = third = TLanes.Zero;
            return;
        }

        ReadInside<TLanes, TVec>(s, out first, out second, out third);
    }

    /// <summary>The same of a column inside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadInside<TLanes, TVec>(int s, out TVec first, out TVec second, out TVec third)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        first = TLanes.Load(_first + (s * _firstStep));
        second = TLanes.Load(_second + (s * _secondStep));
        third = TLanes.Load(_third + (s * _thirdStep));
    }
}
