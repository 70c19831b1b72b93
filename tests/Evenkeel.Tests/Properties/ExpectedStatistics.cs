using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Tests.Properties;

/// <summary>What one training step makes of the running statistics on the reference device.</summary>
internal sealed class ExpectedStatistics
{
    private static readonly string[] Tensors = ["running_mean", "running_var"];
    private readonly DoubleRun _exact;
    private readonly DoubleRun _moved;

    // Whether the values so far are more than rounding, which is all that a variance of nothing leaves when it is divided by.
    private bool _decided = true;

    public ExpectedStatistics(RandomNetwork network, Model model)
    {
        (_exact, _moved) = (Run(0), Run(Math.ScaleB(1, -24)));

        DoubleRun Run(double rounding) =>
            new DoubleNetwork(model)
            {
                Mode = PlanMode.Training,
                Seed = Engine.Seed,
                Rounding = rounding,
            }.Train(network.Inputs(), network.Labels(network.Batch));
    }

    /// <summary>Whether a layer has no variance for one example and is told to say so.</summary>
    public static bool RefusesOneExample(Node node) =>
        node.Layer switch
        {
            BatchNorm
            {
                Masked: false,
                NormalizeWith: StatisticsSource.Batch,
                Convention.SingleValue: SingleValuePolicy.Error
            } norm => norm.StatisticsOf(node.Shape).ValuesPerExample == 1,
            WhiteningNorm { NormalizeWith: StatisticsSource.Batch, Convention.SingleValue: SingleValuePolicy.Error } =>
                node.Shape.Positions == 1,
            _ => false,
        };

    /// <summary>Throws if a layer's statistics after a step are not those of the reference; layers are checked in order.</summary>
    public void Check(Node node, Model before, Model after, bool finiteLoss)
    {
        var norm = (BatchNorm)node.Layer;
        (int channels, double[] x) = (norm.StatisticsOf(node.Shape).Count, _exact.Values[node.Inputs[0]]);
        if (norm.Masked)
        {
            double[] mask = _exact.Values[node.Inputs[1]];
            x = [.. x.Where((_, i) => mask[i / channels] != 0)];
        }

        (double[] mean, double[] variance) = DoubleNetwork.Moments(x, channels);
        // A batch that gives NaN or infinity must not poison the average for ever; one whose loss does is skipped by every layer.
        bool updates =
            finiteLoss
            && x.Length > channels
            && norm is { UpdateStatistics: true, NormalizeWith: StatisticsSource.Batch }
            && variance.All(double.IsFinite);
        long moved = after.Integers($"{node.Name}.num_batches_tracked")[0];
        if (_decided || !finiteLoss)
            Assert.Equal(updates ? 1 : 0, moved);
        // Means round with the values that they are of.
        double size = Math.Sqrt(variance.Max() + mean.Max(m => m * m));
        foreach (string tensor in Tensors)
        {
            string name = $"{node.Name}.{tensor}";
            if (moved == 0)
                Assert.Equal(before.Floats(name).ToArray(), after.Floats(name).ToArray());
            else if (_decided)
                Compare(name, tensor == "running_mean" ? size : size * size, after.Floats(name));
        }

        _decided &= mean.Zip(variance).All(c => c.Second + norm.Convention.Epsilon > 1e-10 * c.First * c.First);
    }

    private void Compare(string name, double size, ReadOnlySpan<float> actual)
    {
        (double[] exact, double[] moved) = (_exact[name], _moved[name]);
        for (int i = 0; i < exact.Length; i++)
        {
            double tolerance = (60 * Math.Abs(exact[i] - moved[i])) + (1e-5 * size) + 1e-6;
            if (!(Math.Abs(exact[i] - actual[i]) <= tolerance) && tolerance < 0.01 * Math.Max(size, 1))
                throw new InvalidOperationException(
                    $"value {i} of '{name}' is {actual[i]:g9}, not {exact[i]:g9}; {tolerance:g2} is allowed"
                );
        }
    }
}
