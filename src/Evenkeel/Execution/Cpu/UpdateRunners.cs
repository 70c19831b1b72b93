using Evenkeel.Kernels.Optim;
using Evenkeel.Optimizers;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Cpu;

/// <summary>What follows the gradients of a training step.</summary>
internal static class UpdateRunners
{
    public static void Mean(MeanLoss s, CpuContext c)
    {
        ReadOnlySpan<float> losses = c.Floats(s.Losses);
        double sum = 0;
        foreach (float loss in losses)
            sum += loss;
        c.Doubles(s.Mean)[0] = losses.IsEmpty ? 0 : sum / (losses.Length * c.Scalars.MeanWeight);
    }

    public static void Measure(MeasureGradients s, CpuContext c) =>
        c.Doubles(s.Norm)[0] = Math.Sqrt(GradientNorm.SumOfSquares(c.Pool, c.Floats(s.Gradients)));

    public static void Judge(CheckFinite s, CpuContext c)
    {
        bool finite = double.IsFinite(c.Doubles(s.Loss)[0]);
        if (s.Norm is { } norm)
            finite &= double.IsFinite(c.Doubles(norm)[0]);
        c.Doubles(s.IsFinite)[0] = finite ? 1 : 0;
    }

    public static void Clip(ClipGradients s, CpuContext c)
    {
        double norm = c.Doubles(s.Norm)[0];
        if (c.Doubles(s.IsFinite)[0] != 0 && norm > s.Limit)
            GradientNorm.Scale(c.Pool, c.Floats(s.Gradients), (float)(s.Limit / norm));
    }

    public static void Update(UpdateParameters s, CpuContext c)
    {
        if (c.Doubles(s.IsFinite)[0] == 0)
            return;
        Span<float> p = c.Floats(s.Parameters);
        ReadOnlySpan<float> g = c.Floats(s.Gradients);
        Span<float> state = s.State.IsEmpty ? [] : c.Floats(s.State[0]);
        float rate = (float)c.Scalars.LearningRate;
        switch (s.Rule)
        {
            case Sgd:
                SgdUpdate.Step(c.Pool, p, g, rate, s.Decay);
                break;
            case SgdMomentum rule:
                SgdMomentumUpdate.Step(c.Pool, p, g, state, rate, rule.Momentum, s.Decay);
                break;
            case SgdNesterov rule:
                SgdMomentumUpdate.Step(c.Pool, p, g, state, rate, rule.Momentum, s.Decay, nesterov: true);
                break;
            case Adagrad rule:
                AdagradUpdate.Step(c.Pool, p, g, state, rate, rule.Epsilon, s.Decay);
                break;
            case Adam rule:
                var numbers = new AdamNumbers(rule.Beta1, rule.Beta2, rule.Epsilon, s.Decay);
                AdamUpdate.Step(c.Pool, p, g, state, c.Floats(s.State[1]), c.Scalars.Update, rate, numbers);
                break;
            case CustomOptimizer rule:
                rule.Update(
                    new OptimizerStep
                    {
                        Parameters = p,
                        Gradients = g,
                        FirstState = state,
                        SecondState = s.State.Length > 1 ? c.Floats(s.State[1]) : [],
                        Rate = rate,
                        Decay = s.Decay,
                        Number = c.Scalars.Update,
                    }
                );
                break;
            default:
                throw new NotSupportedException($"The CPU has no kernel for {s.Rule.Kind}.");
        }
    }
}
