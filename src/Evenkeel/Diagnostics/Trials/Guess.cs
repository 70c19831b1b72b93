using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;

namespace Evenkeel.Diagnostics.Trials;

/// <summary>The loss of a model that knows nothing of an example.</summary>
internal static class Guess
{
    /// <summary>
    /// Of class labels, all classes alike; of float targets, the mean of each place. Infinite for a custom loss, of which nobody knows.
    /// </summary>
    public static double LossOf(IDataset data, Loss loss) =>
        loss switch
        {
            SoftmaxCrossEntropy => Math.Log(data.Classes),
            ValueLoss values when data is ITargetDataset own => OfMeans(own, values),
            _ => double.PositiveInfinity,
        };

    private static double OfMeans(ITargetDataset data, ValueLoss loss)
    {
        double[] means = new double[data.TargetLength];
        ForEach(
            data,
            targets =>
            {
                for (int i = 0; i < means.Length; i++)
                    means[i] += (double)targets[i] / data.Count;
            }
        );
        // The output of a network that says the mean: for yes or no it is a logit.
        double[] outputs = loss is BinaryCrossEntropy ? Array.ConvertAll(means, m => Math.Log(m / (1 - m))) : means;
        double sum = 0;
        ForEach(
            data,
            targets =>
            {
                for (int i = 0; i < outputs.Length; i++)
                    // A place that is always yes, or always no, is known without a look.
                    sum += double.IsFinite(outputs[i]) ? LossOf(loss, outputs[i], targets[i]) : 0;
            }
        );
        return sum / data.Count / outputs.Length;
    }

    private static double LossOf(ValueLoss loss, double output, double target) =>
        loss switch
        {
            MeanSquaredError => PointwiseLossReference.SquaredError(output, target).Loss,
            MeanAbsoluteError => PointwiseLossReference.AbsoluteError(output, target).Loss,
            HuberLoss huber => PointwiseLossReference.HuberError(output, target, huber.Delta).Loss,
            _ => PointwiseLossReference.Logistic(output, target).Loss,
        };

    private static void ForEach(ITargetDataset data, Action<float[]> take)
    {
        float[] inputs = new float[data.InputLength],
            targets = new float[data.TargetLength];
        for (int i = 0; i < data.Count; i++)
        {
            data.Read([i], 0, inputs, targets);
            take(targets);
        }
    }
}
