using System.Numerics.Tensors;
using Evenkeel.Execution;
using Evenkeel.Lowering;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>
/// Loss and gradient at points along the gradient of one batch. Santurkar et al. (2018, section 3) explain batch normalisation by both changing less.
/// </summary>
internal sealed class SmoothnessProbe : IDisposable
{
    // Half of a training step to four of them, as there.
    private static readonly double[] StepSizes = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4];

    private readonly Model _model;
    private readonly Model _moved;
    private readonly Executor _executor;
    private readonly float[] _inputs;
    private readonly int[] _labels;
    private readonly double _rate;

    /// <summary>Plans the probe.</summary>
    /// <param name="model">Looked at as it is whenever the probe is run; not changed.</param>
    /// <param name="batch">Labelled examples.</param>
    /// <param name="rate">Learning rate of the training.</param>
    /// <param name="device">What computes.</param>
    public SmoothnessProbe(Model model, IDataset batch, double rate, Device device)
    {
        (_model, _moved, _rate) = (model, model.Clone(), rate);
        var options = new PlanOptions(PlanMode.Training, batch.Count) { Loss = new SoftmaxCrossEntropy() };
        _executor = new Executor(_moved, options, device);
        (_inputs, _labels) = (new float[batch.Count * batch.InputLength], new int[batch.Count]);
        batch.Read([.. Enumerable.Range(0, batch.Count)], _inputs, _labels);
    }

    /// <summary>Measures the model as it is now; what is not finite on the way makes the result infinite, a gradient of 0 makes it NaN.</summary>
    public LossSmoothness Run(long step)
    {
        _model.Trainable.CopyTo(_moved.Trainable);
        double start = _executor.ForwardBackward(_inputs, _labels);
        float[] gradient = _executor.Gradients.ToArray();
        double norm = Distance(gradient, new float[gradient.Length]),
            low = start,
            high = start,
            change = 0,
            smoothness = 0;
        foreach (double size in StepSizes)
        {
            TensorPrimitives.MultiplyAdd(gradient, (float)(-size * _rate), _model.Trainable, _moved.Trainable);
            double loss = _executor.ForwardBackward(_inputs, _labels);
            double difference = Distance(gradient, _executor.Gradients);
            if (!double.IsFinite(loss + difference))
                return Infinite(step, start);
            (low, high) = (Math.Min(low, loss), Math.Max(high, loss));
            change = Math.Max(change, difference / norm);
            smoothness = Math.Max(smoothness, difference / (size * _rate * norm));
        }

        return new LossSmoothness(step, start, high - low, change, smoothness);
    }

    public void Dispose()
    {
        _executor.Dispose();
        _moved.Dispose();
    }

    // In double: squares of gradients that have vanished are 0 in float.
    private static double Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += Math.Pow((double)x[i] - y[i], 2);
        return Math.Sqrt(sum);
    }

    private static LossSmoothness Infinite(long step, double start) =>
        new(step, start, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
}
