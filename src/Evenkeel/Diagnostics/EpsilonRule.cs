using Evenkeel.Data;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Diagnostics;

/// <summary>
/// Another epsilon than in training leaves statistics as they are and shows only in results, so it is found by trying those of other
/// systems: PyTorch, ONNX and Flax use 1e-5, Keras 1e-3.
/// </summary>
internal static class EpsilonRule
{
    private const double ClearlyBetter = 0.9;
    private static readonly float[] Common = [1e-3f, 1e-5f, 1e-2f, 1e-4f];

    public static CauseFound? Judge(Model model, IDataset data, WorkerPool pool, Evaluation stored, int batchSize)
    {
        float now = model.Graph.Nodes.Select(n => n.Layer).OfType<BatchNorm>().First().Convention.Epsilon;
        (float Epsilon, double Loss)? best = null;
        foreach (float epsilon in Common.Where(e => e != now))
        {
            using Model tried = model.With(WithEpsilon(model.Graph, epsilon));
            double loss = tried.Evaluate(data, pool).Loss;
            bool better = loss < Math.Min(ClearlyBetter * stored.Loss, best?.Loss ?? double.PositiveInfinity);
            // The right one leaves no gap; that a gap costs less with another epsilon says nothing of its cause.
            if (better && LeavesNoGap(tried, data, pool, batchSize))
                best = (epsilon, loss);
        }

        return best is { } found
            ? new CauseFound(
                StatisticsCause.Epsilon,
                Invariant(
                    $"with eps {found.Epsilon:G3} for {now:G3} the loss falls from {stored.Loss:F4} to {found.Loss:F4} and all statistics fit: the model was trained with another eps"
                ),
                Invariant($"set eps to {found.Epsilon:G3} in the model")
            )
            : null;
    }

    private static bool LeavesNoGap(Model tried, IDataset data, WorkerPool pool, int batchSize)
    {
        Node[] norms = [.. tried.Graph.Nodes.Where(n => n.Layer is BatchNorm)];
        using Model training = BatchNormDiagnosis.AsInTraining(tried);
        return Array.TrueForAll(
            BatchNormDiagnosis.Gaps(tried, norms, training, data, pool, batchSize),
            DiagnosisRules.Fits
        );
    }

    private static Graph WithEpsilon(Graph graph, float epsilon)
    {
        foreach (Node node in graph.Nodes)
        {
            if (node.Layer is BatchNorm norm)
                graph = graph.Replace(node.Name, norm with { Convention = norm.Convention with { Epsilon = epsilon } });
        }

        return graph;
    }
}
