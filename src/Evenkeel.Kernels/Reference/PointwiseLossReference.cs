using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Reference;

/// <summary>Losses of single values and their slopes, in double precision.</summary>
public static class PointwiseLossReference
{
    /// <summary>(x - t)^2.</summary>
    public static (double Loss, double Slope) SquaredError(double x, double t) => ((x - t) * (x - t), 2 * (x - t));

    /// <summary>|x - t|.</summary>
    public static (double Loss, double Slope) AbsoluteError(double x, double t) =>
        (Math.Abs(x - t), double.IsNaN(x - t) ? 0 : Math.Sign(x - t));

    /// <summary>(x - t)^2 / 2 up to delta, a line beyond.</summary>
    public static (double Loss, double Slope) HuberError(double x, double t, double delta) =>
        Math.Abs(x - t) <= delta
            ? ((x - t) * (x - t) / 2, x - t)
            : (delta * (Math.Abs(x - t) - (delta / 2)), Math.Clamp(x - t, -delta, delta));

    /// <summary>-t log s - (1 - t) log (1 - s) with s = 1 / (1 + e^-x).</summary>
    public static (double Loss, double Slope) Logistic(double x, double t) =>
        (
            Math.Max(x, 0) - (x * t) + ActivateReference.Value(new Softplus(), -Math.Abs(x)),
            (1 / (1 + Math.Exp(-x))) - t
        );
}
