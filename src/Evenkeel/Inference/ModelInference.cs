using System.Numerics.Tensors;
using Evenkeel.Layers;

namespace Evenkeel;

/// <summary>Predictions in one call.</summary>
public static class ModelInference
{
    /// <summary>Creates a predictor, which runs the model on arrays from any number of threads.</summary>
    /// <param name="model">The model; see <see cref="Predictor(Model, int, int)"/>.</param>
    /// <param name="maxBatch">Examples computed at a time, 1 or more.</param>
    /// <param name="threads">Threads of each call, 1 or more; results do not depend on it.</param>
    /// <exception cref="GraphException">The network has several inputs.</exception>
    public static Predictor CreatePredictor(this Model model, int maxBatch = 64, int threads = 1) =>
        new(model, maxBatch, threads);

    /// <summary>The most probable class of one example.</summary>
    /// <param name="predictor">A predictor whose primary output is one row of classes: scores, probabilities or their logarithms.</param>
    /// <param name="example">Values of one example, [...<see cref="Predictor.InputShape"/>].</param>
    /// <exception cref="ArgumentException">There are more or fewer values than one example has.</exception>
    public static Classification Classify(this Predictor predictor, ReadOnlySpan<float> example)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        if (example.Length != predictor.InputShape.Count)
            throw new ArgumentException(
                $"An example of this network has {predictor.InputShape.Count} values, not {example.Length}.",
                nameof(example)
            );
        float[] scores = predictor.Predict(example);
        int best = TensorPrimitives.IndexOfMax<float>(scores);
        double probability = predictor.LastLayer switch
        {
            Softmax => scores[best],
            LogSoftmax => Math.Exp(scores[best]),
            _ => 1 / scores.Sum(s => Math.Exp((double)s - scores[best])),
        };
        return new Classification(best, probability);
    }
}
