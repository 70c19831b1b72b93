using Evenkeel.Kernels.Reference;
using Evenkeel.Optimizers;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>What follows the gradients of a training step.</summary>
internal static partial class ReferenceBackend
{
    private static void AddUpdates()
    {
        Add<MeanLoss>((s, m) => m[s.Mean] = [m[s.Losses].DefaultIfEmpty(0).Average() / m.Scalars.MeanWeight]);
        Add<MeasureGradients>((s, m) => m[s.Norm] = [Math.Sqrt(m[s.Gradients].Sum(g => g * g))]);
        Add<CheckFinite>(
            (s, m) =>
                m[s.IsFinite] = [
                    double.IsFinite(m[s.Loss][0]) && (s.Norm is not { } norm || double.IsFinite(m[norm][0])) ? 1 : 0,
                ]
        );
        Add<ClipGradients>(
            (s, m) =>
            {
                double factor = m[s.IsFinite][0] != 0 ? Math.Min(1, s.Limit / m[s.Norm][0]) : 1;
                m[s.Gradients] = Array.ConvertAll(m[s.Gradients], g => g * factor);
            }
        );
        Add<UpdateParameters>(
            (s, m) =>
            {
                if (m[s.IsFinite][0] != 0)
                    Update(s, m);
            }
        );
    }

    private static void Update(UpdateParameters s, ReferenceMemory m)
    {
        double[] p = [.. m[s.Parameters]],
            g = m[s.Gradients];
        double[][] state = [.. s.State.Select(buffer => m[buffer].ToArray())];
        double rate = m.Scalars.LearningRate;
        switch (s.Rule)
        {
            case Sgd:
                OptimizerReference.Sgd(p, g, rate, s.Decay);
                break;
            case SgdMomentum rule:
                OptimizerReference.SgdMomentum(p, g, state[0], rate, rule.Momentum, s.Decay);
                break;
            case SgdNesterov rule:
                OptimizerReference.SgdMomentum(p, g, state[0], rate, rule.Momentum, s.Decay, nesterov: true);
                break;
            case Adagrad rule:
                OptimizerReference.Adagrad(p, g, state[0], rate, rule.Epsilon, s.Decay);
                break;
            case Adam rule:
                new AdamReference(rate, rule.Beta1, rule.Beta2, rule.Epsilon, s.Decay).Step(
                    p,
                    g,
                    state[0],
                    state[1],
                    m.Scalars.Update
                );
                break;
            case CustomOptimizer rule:
                UpdateByCode(rule, p, g, state, new StepNumbers(rate, s.Decay, m.Scalars.Update));
                break;
            default:
                throw new NotSupportedException($"The reference device does not know {s.Rule.Kind}.");
        }

        m[s.Parameters] = p;
        for (int i = 0; i < state.Length; i++)
            m[s.State[i]] = state[i];
    }

    // The caller's code computes in floats on any device.
    private static void UpdateByCode(
        CustomOptimizer rule,
        double[] p,
        double[] g,
        double[][] state,
        StepNumbers numbers
    )
    {
        float[] parameters = Rounded(p);
        float[][] states = [.. state.Select(Rounded)];
        rule.Update(
            new OptimizerStep
            {
                Parameters = parameters,
                Gradients = Rounded(g),
                FirstState = states.ElementAtOrDefault(0),
                SecondState = states.ElementAtOrDefault(1),
                Rate = (float)numbers.Rate,
                Decay = numbers.Decay,
                Number = numbers.Update,
            }
        );
        Doubles(parameters).CopyTo(p, 0);
        for (int i = 0; i < state.Length; i++)
            Doubles(states[i]).CopyTo(state[i], 0);
    }

    private static float[] Rounded(double[] values) => Array.ConvertAll(values, v => (float)v);

    private readonly record struct StepNumbers(double Rate, float Decay, long Update);
}
