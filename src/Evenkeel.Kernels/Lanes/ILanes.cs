namespace Evenkeel.Kernels.Lanes;

/// <summary>
/// The arithmetic of one vector width. A kernel is written once, generic over a tag that implements this interface, and
/// the JIT specialises it per width: the tag costs nothing at run time.
/// </summary>
/// <typeparam name="TVec">The register type: <see cref="float"/> or a vector of it.</typeparam>
public unsafe interface ILanes<TVec>
    where TVec : unmanaged
{
    /// <summary>Floats in one register.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes zero.</summary>
    static abstract TVec Zero { get; }

    /// <summary>All lanes equal to <paramref name="value"/>.</summary>
    static abstract TVec Splat(float value);

    /// <summary>Reads <see cref="Count"/> floats; any alignment.</summary>
    static abstract TVec Load(float* source);

    /// <summary>Writes <see cref="Count"/> floats; any alignment.</summary>
    static abstract void Store(float* destination, TVec value);

    /// <summary>Reads the first <paramref name="count"/> floats (1 to <see cref="Count"/>), nothing beyond; the other lanes are zero.</summary>
    static abstract TVec LoadPartial(float* source, int count);

    /// <summary>Writes the first <paramref name="count"/> lanes (1 to <see cref="Count"/>), nothing beyond.</summary>
    static abstract void StorePartial(float* destination, TVec value, int count);

    /// <summary>Writes past the caches; <paramref name="destination"/> must be aligned to the register size.</summary>
    static abstract void StoreStreaming(float* destination, TVec value);

    /// <summary>a + b.</summary>
    static abstract TVec Add(TVec a, TVec b);

    /// <summary>a - b.</summary>
    static abstract TVec Subtract(TVec a, TVec b);

    /// <summary>a * b.</summary>
    static abstract TVec Multiply(TVec a, TVec b);

    /// <summary>a / b.</summary>
    static abstract TVec Divide(TVec a, TVec b);

    /// <summary>a * b + c with one rounding on every machine: many times slower on one without the instruction.</summary>
    static abstract TVec FusedMultiplyAdd(TVec a, TVec b, TVec c);

    /// <summary>a * b + c with one rounding where the machine has the instruction, with two where it has not, on every width alike.</summary>
    static abstract TVec MultiplyAdd(TVec a, TVec b, TVec c);

    /// <summary>
    /// The same of the lower half of the lanes, for half the time on a machine that computes 512 bits as two halves; the upper half is left undefined.
    /// </summary>
    static abstract TVec MultiplyAddLower(TVec a, TVec b, TVec c);

    /// <summary>The larger of each pair; NaN if either is NaN.</summary>
    static abstract TVec Max(TVec a, TVec b);

    /// <summary>The smaller of each pair; NaN if either is NaN.</summary>
    static abstract TVec Min(TVec a, TVec b);

    /// <summary>Square root.</summary>
    static abstract TVec SquareRoot(TVec a);

    /// <summary>Absolute value.</summary>
    static abstract TVec Abs(TVec a);

    /// <summary>The magnitude of each lane of <paramref name="a"/> with the sign bit of <paramref name="sign"/>.</summary>
    static abstract TVec CopySign(TVec a, TVec sign);

    /// <summary>a where a &gt; b, b elsewhere (also for NaN, and of equal zeros): one instruction where the machine has it.</summary>
    static abstract TVec SelectLarger(TVec a, TVec b);

    /// <summary><paramref name="whenGreater"/> where a &gt; b, <paramref name="otherwise"/> elsewhere (also for NaN).</summary>
    static abstract TVec SelectGreater(TVec a, TVec b, TVec whenGreater, TVec otherwise);

    /// <summary>Lane i of the result is the lane of <paramref name="a"/> whose number, from 0 to <see cref="Count"/> - 1, is in the bits of lane i of <paramref name="order"/>.</summary>
    static abstract TVec Permute(TVec a, TVec order);

    /// <summary>Nearest integer, ties to even.</summary>
    static abstract TVec Round(TVec a);

    /// <summary>a * 2^n for an integral n in [-126, 127] held as floats.</summary>
    static abstract TVec ScaleByPowerOfTwo(TVec a, TVec n);

    /// <summary>a * 2^n, rounded once, for a normal <paramref name="a"/> near 1 and an integral n in [-252, 254] held as floats.</summary>
    static abstract TVec ScaleFar(TVec a, TVec n);

    /// <summary>Natural logarithm; minus infinity for 0, NaN below.</summary>
    static abstract TVec Log(TVec a);

    /// <summary>e^(b ln |a|), computed in double precision; NaN where that product is.</summary>
    static abstract TVec PowerOfMagnitude(TVec a, TVec b);

    /// <summary>Sum of the lanes, always in the same order for one width.</summary>
    static abstract float Sum(TVec a);

    /// <summary>
    /// Adds the square of each lane, exact in double precision, to <see cref="Count"/> doubles at
    /// <paramref name="destination"/>.
    /// </summary>
    static abstract void AddSquaresTo(double* destination, TVec a);

    /// <summary>Adds each lane to <see cref="Count"/> doubles at <paramref name="destination"/>.</summary>
    static abstract void AddTo(double* destination, TVec a);
}
