using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Tests.Lanes;

public sealed class Lanes1Tests : LanesContract<Lanes1, float>;

public sealed class Lanes4Tests : LanesContract<Lanes4, Vector128<float>>;

public sealed class Lanes8Tests : LanesContract<Lanes8, Vector256<float>>;

public sealed class Lanes16Tests : LanesContract<Lanes16, Vector512<float>>;
