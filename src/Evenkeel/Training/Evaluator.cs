using Evenkeel.Data;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Training;

/// <summary>How a model does on a data set.</summary>
/// <param name="Loss">Mean cross-entropy; NaN for data without labels, as <paramref name="Accuracy"/> is then.</param>
/// <param name="Accuracy">Share of examples whose most probable class is the label, in [0, 1].</param>
/// <param name="Count">Examples.</param>
public readonly record struct Evaluation(double Loss, double Accuracy, int Count)
{
    /// <summary>Share of examples whose label is among the five most probable classes, in [0, 1].</summary>
    public double TopFive { get; init; }

    /// <summary>What is known without labels: the number of examples.</summary>
    internal static Evaluation Unknown(int count) => new(double.NaN, double.NaN, count) { TopFive = double.NaN };
}

/// <summary>
/// Evaluates a model with its running statistics (or affine maps), so that an example's result does not depend on its neighbours.
/// One thread at a time, another is refused.
/// </summary>
public sealed class Evaluator : IDisposable
{
    /// <summary>Examples computed at a time, unless there are fewer.</summary>
    public const int BlockSize = 256;

    private readonly Exclusive _turn = new("evaluator");
    private readonly Executor _executor;
    private readonly ExampleBlocks _blocks;

    /// <summary>Plans the evaluation of <paramref name="model"/> on <paramref name="data"/>.</summary>
    public Evaluator(Model model, IDataset data, Device? device = null)
        : this(model, data, device, PlanMode.Inference, Block(data)) { }

    /// <summary>The same in another mode: with batch statistics, blocks are the batches that they are of.</summary>
    internal Evaluator(Model model, IDataset data, Device? device, PlanMode mode, int blockSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        DatasetCompatibility.Require(model.Graph, data);
        var options = new PlanOptions(mode, blockSize) { Loss = new SoftmaxCrossEntropy() };
        _executor = new Executor(model, options, device);
        _blocks = new ExampleBlocks(data, blockSize);
    }

    private static int Block(IDataset data) => Math.Clamp(data?.Count ?? 1, 1, BlockSize);

    /// <summary>Evaluates the model as it is now.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running the evaluator or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The evaluator, its model or its device has been disposed of.</exception>
    public Evaluation Run()
    {
        using Exclusive.Turn turn = _turn.Enter();
        double loss = 0;
        int right = 0,
            near = 0,
            count = 0;
        for (int block = 0; block < _blocks.Count; block++)
        {
            int examples = _blocks.Read(block, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels);
            loss += _executor.ForwardLoss(inputs, labels) * examples;
            right += TopK.Count(_executor.Output, labels, 1);
            near += TopK.Count(_executor.Output, labels, 5);
            count += examples;
        }

        return new Evaluation(loss / count, (double)right / count, count) { TopFive = (double)near / count };
    }

    /// <summary>Lets go of the memory; an evaluation at work on another thread is waited for.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
    }
}

/// <summary>Evaluation in one call.</summary>
public static class ModelEvaluation
{
    /// <summary>How a model does on data with its running statistics; an <see cref="Evaluator"/> is for asking again and again.</summary>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    public static Evaluation Evaluate(this Model model, IDataset data, Device? device = null)
    {
        using var evaluator = new Evaluator(model, data, device);
        return evaluator.Run();
    }

    /// <summary>The same, with NaN for loss and accuracy where the data has no labels.</summary>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    public static Evaluation EvaluateIfLabelled(this Model model, IDataset data, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Classes > 0 ? model.Evaluate(data, device) : Evaluation.Unknown(data.Count);
    }
}
