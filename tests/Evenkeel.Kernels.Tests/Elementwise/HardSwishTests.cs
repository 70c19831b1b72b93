using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Tests.Elementwise;

// A sum, a quotient and a product, each rounded; the gradient is a product and a sum with a rounded third.
public sealed class HardSwishTests() : ActivationContract<HardSwish>(default, forwardUlps: 2, backwardError: 3e-7);
