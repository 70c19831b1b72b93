using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution;

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
