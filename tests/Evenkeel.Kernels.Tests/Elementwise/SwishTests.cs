using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Tests.Elementwise;

// The square of an exponential to 1.1 ulp, two products and a quotient; slopes reach 1.1, from two sigmoids and three roundings.
public sealed class SwishTests() : ActivationContract<Swish>(default, forwardUlps: 5, backwardError: 5e-7);
