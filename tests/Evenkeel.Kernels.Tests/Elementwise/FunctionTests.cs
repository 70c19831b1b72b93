using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Tests.Elementwise;

// An exponential to 1.1 ulp; dx is y, and a product.
public sealed class ExpTests() : ActivationContract<Exp>(default, forwardUlps: 2, backwardError: 3e-7);

// The runtime's logarithm, found to be within 2.01 ulp; one quotient for dx.
public sealed class LogTests() : ActivationContract<Log>(default, forwardUlps: 2.1, backwardError: 2e-7);

// Both correctly rounded; dx from the rounded y.
public sealed class SquareRootTests() : ActivationContract<SquareRoot>(default, forwardUlps: 0.5, backwardError: 2e-7);

// Correctly rounded; dx from the square of the rounded y.
public sealed class ReciprocalTests() : ActivationContract<Reciprocal>(default, forwardUlps: 0.5, backwardError: 3e-7);

// Exact.
public sealed class AbsoluteValueTests() : ActivationContract<AbsoluteValue>(default, forwardUlps: 0, backwardError: 0);

// One product each.
public sealed class SquareTests() : ActivationContract<Square>(default, forwardUlps: 0.5, backwardError: 1e-7);

// Two products; three for dx.
public sealed class CubeTests() : ActivationContract<Cube>(default, forwardUlps: 1.5, backwardError: 3e-7);

// Computed in double precision and rounded once.
public sealed class PowerTests() : ActivationContract<Power>(new(2.5f), forwardUlps: 0.51, backwardError: 2e-7);

// A polynomial near 0, 1 less a small tail elsewhere; dx an exponential to 1.1 ulp and two products.
public sealed class ErrorFunctionTests()
    : ActivationContract<ErrorFunction>(default, forwardUlps: 1, backwardError: 3e-7);

// Two exponentials to 1.1 ulp, a scaled tail to 3 and four products; dx a sum of two such terms.
public sealed class GeluTests() : ActivationContract<Gelu>(default, forwardUlps: 6, backwardError: 6e-7);

// The argument of the exponential, up to 105, is rounded three times: 300 ulp where the result is about to vanish.
public sealed class GeluTanhTests() : ActivationContract<GeluTanh>(default, forwardUlps: 400, backwardError: 2e-6);

public sealed class PowerRulesTests
{
    private static readonly float[] Values =
    [
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        -0.5f,
        2f,
        -3f,
        1e30f,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.NaN,
    ];

    private static readonly float[] Exponents =
    [
        0f,
        1f,
        -1f,
        2f,
        3f,
        -3f,
        0.5f,
        -0.5f,
        2.5f,
        16777217f,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.NaN,
    ];

    [Fact]
    public void Zeros_infinities_signs_and_NaN_are_those_of_the_standard()
    {
        foreach (float value in Values)
        {
            foreach (float exponent in Exponents)
            {
                float expected = (float)Math.Pow(value, exponent),
                    found = Power.Raise<Lanes1, float>(value, exponent);
                Assert.True(UlpError.Of(found, expected) <= 0.51, $"{value}^{exponent}: {found}, not {expected}");
                Assert.True(
                    float.IsNaN(expected) || float.IsNegative(expected) == float.IsNegative(found),
                    $"{value}^{exponent}"
                );
            }
        }
    }
}
