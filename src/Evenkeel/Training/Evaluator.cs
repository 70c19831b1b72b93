using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel;

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
    private readonly RankRounds<Block> _rounds;
    private readonly Communicator? _ranks;
    private readonly Model _model;
    private readonly IDataset _data;
    private Block _sum;

    /// <summary>Plans the evaluation of a model.</summary>
    /// <param name="model">Evaluated as it is at each run.</param>
    /// <param name="data">Labelled examples.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">
    /// Those that share out the examples and all get the result, bit for bit that of one rank; null where there is one. Their models are the
    /// same, as after <see cref="JoinRanks"/>.
    /// </param>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    public Evaluator(Model model, IDataset data, Device? device = null, Communicator? ranks = null)
    {
        int blockSize = Math.Clamp(data?.Count ?? 1, 1, BlockSize);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        DatasetCompatibility.Require(model.Graph, data);
        (_model, _data, _ranks) = (model, data, ranks);
        var options = new PlanOptions(PlanMode.Inference, blockSize) { Loss = new SoftmaxCrossEntropy() };
        _executor = new Executor(model, options, device);
        _blocks = new ExampleBlocks(data, blockSize);
        _rounds = new RankRounds<Block>(ranks, 1, Evaluate, (_, block) => _sum = _sum.And(block[0]));
    }

    /// <summary>Gives all ranks the first one's model. Nothing where there is one rank.</summary>
    /// <exception cref="CommunicatorException">A rank has another network or other data.</exception>
    public void JoinRanks()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _model.ThrowIfDisposed();
        RankAgreement.Join(_ranks, _model, _data);
    }

    /// <summary>Evaluates the model as it is now.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running the evaluator or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The evaluator, its model or its device has been disposed of.</exception>
    public Evaluation Run()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _sum = default;
        _rounds.Run(_blocks.Count);
        return new Evaluation(_sum.Loss / _sum.Count, (double)_sum.Right / _sum.Count, _sum.Count)
        {
            TopFive = (double)_sum.Near / _sum.Count,
        };
    }

    /// <summary>Lets go of the memory; an evaluation at work on another thread is waited for.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
    }

    private void Evaluate(int block, Span<Block> result)
    {
        int examples = _blocks.Read(block, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels);
        double loss = _executor.ForwardLoss(inputs, labels) * examples;
        result[0] = new Block(
            loss,
            TopK.Count(_executor.Output, labels, 1),
            TopK.Count(_executor.Output, labels, 5),
            examples
        );
    }

    // Sums over the examples of some blocks.
    private readonly record struct Block(double Loss, int Right, int Near, int Count)
    {
        public Block And(Block next) => new(Loss + next.Loss, Right + next.Right, Near + next.Near, Count + next.Count);
    }
}

/// <summary>Evaluation in one call.</summary>
public static class ModelEvaluation
{
    /// <summary>How a model does on data with its running statistics; an <see cref="Evaluator"/> is for asking again and again.</summary>
    /// <param name="model">The model; ranks behind the first get that one's values.</param>
    /// <param name="data">Labelled examples.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">Those that share out the examples and all get the result; null where there is one.</param>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    /// <exception cref="CommunicatorException">A rank has another network or other data.</exception>
    public static Evaluation Evaluate(
        this Model model,
        IDataset data,
        Device? device = null,
        Communicator? ranks = null
    )
    {
        using var evaluator = new Evaluator(model, data, device, ranks);
        evaluator.JoinRanks();
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
