using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Tests.Elementwise;

// Copies: exact.
public sealed class IdentityTests() : ActivationContract<Identity>(default, forwardUlps: 0, backwardError: 0);
