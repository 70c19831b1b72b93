using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loss;

/// <summary>What is added up, made of some operands a register at a time.</summary>
internal interface ITerm
{
    /// <summary>The terms from <paramref name="index"/> on.</summary>
    TVec At<TLanes, TVec>(nint index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>
/// A sum of floats in double precision. Term i goes to accumulator i mod 64 whatever the width, so that the order of additions depends on the
/// count alone.
/// </summary>
internal static unsafe class TermSum
{
    // Four of the widest registers: enough to hide the time from storing an accumulator to loading it again.
    private const int Accumulators = 64;
    private const int CacheLine = 64;

    /// <summary>The sum of the first <paramref name="count"/> terms.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static double Of<TTerm, TLanes, TVec>(TTerm term, int count)
        where TTerm : struct, ITerm
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        byte* memory = stackalloc byte[(Accumulators * sizeof(double)) + CacheLine];
        double* sums = (double*)(((nuint)memory + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        new Span<double>(sums, Accumulators).Clear();
        int i = 0;
        for (; i + Accumulators <= count; i += Accumulators)
        {
            for (int j = 0; j < Accumulators; j += TLanes.Count)
                TLanes.AddTo(sums + j, term.At<TLanes, TVec>(i + j));
        }

        for (int j = 0; i < count; i++, j++)
            sums[j] += term.At<Lanes1, float>(i);
        double sum = 0;
        for (int j = 0; j < Accumulators; j++)
            sum += sums[j];
        return sum;
    }
}
