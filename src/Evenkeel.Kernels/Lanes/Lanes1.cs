using System.Runtime.Intrinsics;

namespace Evenkeel.Kernels.Lanes;

/// <summary>One float: the scalar width, used for tails and where no vectors exist.</summary>
public readonly unsafe struct Lanes1 : ILanes<float>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    public static float Zero => 0f;

    /// <inheritdoc/>
    public static float Splat(float value) => value;

    /// <inheritdoc/>
    public static float Load(float* source) => *source;

    /// <inheritdoc/>
    public static void Store(float* destination, float value) => *destination = value;

    /// <inheritdoc/>
    public static float LoadPartial(float* source, int count) => *source;

    /// <inheritdoc/>
    public static void StorePartial(float* destination, float value, int count) => *destination = value;

    /// <inheritdoc/>
    public static void StoreStreaming(float* destination, float value) => *destination = value;

    /// <inheritdoc/>
    public static float Add(float a, float b) => a + b;

    /// <inheritdoc/>
    public static float Subtract(float a, float b) => a - b;

    /// <inheritdoc/>
    public static float Multiply(float a, float b) => a * b;

    /// <inheritdoc/>
    public static float Divide(float a, float b) => a / b;

    /// <inheritdoc/>
    public static float FusedMultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc/>
    public static float MultiplyAdd(float a, float b, float c) => float.MultiplyAddEstimate(a, b, c);

    /// <inheritdoc/>
    public static float MultiplyAddLower(float a, float b, float c) => MultiplyAdd(a, b, c);

    /// <inheritdoc/>
    public static float Max(float a, float b) => MathF.Max(a, b);

    /// <inheritdoc/>
    public static float Min(float a, float b) => MathF.Min(a, b);

    /// <inheritdoc/>
    public static float SquareRoot(float a) => MathF.Sqrt(a);

    /// <inheritdoc/>
    public static float Abs(float a) => MathF.Abs(a);

    /// <inheritdoc/>
    public static float CopySign(float a, float sign) => MathF.CopySign(a, sign);

    // Without a branch: signs of values around 0 cannot be foretold.
    /// <inheritdoc/>
    public static float SelectLarger(float a, float b) => a > b ? a : b;

    /// <inheritdoc/>
    public static float SelectGreater(float a, float b, float whenGreater, float otherwise) =>
        Vector128
            .ConditionalSelect(
                Vector128.GreaterThan(Vector128.CreateScalarUnsafe(a), Vector128.CreateScalarUnsafe(b)),
                Vector128.CreateScalarUnsafe(whenGreater),
                Vector128.CreateScalarUnsafe(otherwise)
            )
            .ToScalar();

    /// <inheritdoc/>
    public static float Permute(float a, float order) => a;

    /// <inheritdoc/>
    public static float Round(float a) => MathF.Round(a, MidpointRounding.ToEven);

    /// <inheritdoc/>
    public static float ScaleByPowerOfTwo(float a, float n) => a * BitConverter.Int32BitsToSingle(((int)n + 127) << 23);

    /// <inheritdoc/>
    public static float ScaleFar(float a, float n) => FarScaling.InTwoSteps<Lanes1, float>(a, n);

    // As one lane of a register, so that every width rounds alike.
    /// <inheritdoc/>
    public static float Log(float a) => Vector128.Log(Vector128.CreateScalar(a)).ToScalar();

    /// <inheritdoc/>
    public static float PowerOfMagnitude(float a, float b)
    {
        Vector128<double> logarithm = Vector128.Log(Vector128.CreateScalar((double)MathF.Abs(a)));
        return (float)Vector128.Exp(logarithm * b).ToScalar();
    }

    /// <inheritdoc/>
    public static float Sum(float a) => a;

    /// <inheritdoc/>
    public static void AddSquaresTo(double* destination, float a) => *destination += (double)a * a;

    /// <inheritdoc/>
    public static void AddTo(double* destination, float a) => *destination += a;
}
