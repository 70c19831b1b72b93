using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// A batch normalisation in front of a convolution that makes pixels of the convolution's input whenever they are read: the input lies in no memory
/// (Jung et al. 2018). Source pixels are those of the normalisation's input, which is dense.
/// </summary>
internal unsafe struct InputNorm
{
    /// <summary>Makes pixels; <see cref="NormalizedPixels{TAct,TVec,TLanes}"/>.</summary>
    public delegate* <InputNorm*, float*, int, float*, nint, void> Kernel;
    public void* Activation;
    public float* Center;
    public float* Scale;
    public float* Shift;
    public int Channels;

    /// <summary>Makes <paramref name="count"/> neighbouring pixels.</summary>
    /// <param name="norm">The normalisation.</param>
    /// <param name="from">The first of them in the normalisation's input.</param>
    /// <param name="count">Pixels, 0 or more.</param>
    /// <param name="to">Receives them.</param>
    /// <param name="pitch">Floats from pixel to pixel of what is written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Make(InputNorm* norm, float* from, int count, float* to, nint pitch) =>
        norm->Kernel(norm, from, count, to, pitch);
}

/// <summary>Makes pixels at one vector width, with the arithmetic of <see cref="Normalize"/>.</summary>
internal static unsafe class NormalizedPixels<TAct, TVec, TLanes>
    where TAct : struct, IActivation
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Makes them; see <see cref="InputNorm.Make"/>.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(InputNorm* norm, float* from, int count, float* to, nint pitch)
    {
        int channel = 0;
        for (; channel + (2 * TLanes.Count) <= norm->Channels; channel += 2 * TLanes.Count)
            Two(norm, channel, from + channel, count, to + channel, pitch);
        for (; channel < norm->Channels; channel += TLanes.Count)
            Partial(norm, channel, from + channel, count, to + channel, pitch);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Two(InputNorm* norm, int channel, float* from, int count, float* to, nint pitch)
    {
        TAct act = Unsafe.AsRef<TAct>(norm->Activation);
        var first = Affine<TLanes, TVec>.Load(norm->Center, norm->Scale, norm->Shift, channel);
        var second = Affine<TLanes, TVec>.Load(norm->Center, norm->Scale, norm->Shift, channel + TLanes.Count);
        nint step = norm->Channels;
        for (; count > 0; count--, from += step, to += pitch)
        {
            TLanes.Store(to, act.Forward<TLanes, TVec>(first.Apply(TLanes.Load(from))));
            TLanes.Store(to + TLanes.Count, act.Forward<TLanes, TVec>(second.Apply(TLanes.Load(from + TLanes.Count))));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Partial(InputNorm* norm, int channel, float* from, int count, float* to, nint pitch)
    {
        TAct act = Unsafe.AsRef<TAct>(norm->Activation);
        int lanes = Math.Min(TLanes.Count, norm->Channels - channel);
        var affine = new Affine<TLanes, TVec>(
            TLanes.LoadPartial(norm->Center + channel, lanes),
            TLanes.LoadPartial(norm->Scale + channel, lanes),
            TLanes.LoadPartial(norm->Shift + channel, lanes)
        );
        for (; count > 0; count--, from += norm->Channels, to += pitch)
            TLanes.StorePartial(to, act.Forward<TLanes, TVec>(affine.Apply(TLanes.LoadPartial(from, lanes))), lanes);
    }
}
