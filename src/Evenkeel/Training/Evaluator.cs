using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel;

/// <summary>
/// Evaluates a model with its running statistics (or affine maps), so the result of an example does not depend on other examples. One
/// thread at a time may use it; a call from another thread throws.
/// </summary>
public sealed class Evaluator : IDisposable
{
    /// <summary>Examples computed at a time, unless there are fewer.</summary>
    public const int BlockSize = 256;

    private readonly Exclusive _turn = new("evaluator");
    private readonly Executor _executor;
    private readonly ExampleBlocks _blocks;
    private readonly RankRounds<BlockScore> _rounds;
    private readonly Communicator? _ranks;
    private readonly Model _model;
    private readonly IDataset _data;
    private readonly Scoring _scoring;
    private readonly LabelWeights _weights;
    private BlockScore _sum;

    /// <summary>Plans the evaluation of a model.</summary>
    /// <param name="model">The model; each run uses its current values.</param>
    /// <param name="data">Examples with labels, or with the float targets that the loss takes.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">
    /// Ranks that divide the examples among them; all get the result that one rank would get, bit by bit. Their models must be equal, as
    /// after <see cref="JoinRanks"/>. Null without ranks.
    /// </param>
    /// <param name="loss">The loss of the training; null: cross-entropy for class labels, squared error for float targets.</param>
    /// <exception cref="GraphException">The data does not fit the network or the loss.</exception>
    public Evaluator(Model model, IDataset data, Device? device = null, Communicator? ranks = null, Loss? loss = null)
    {
        int blockSize = Math.Clamp(data?.Count ?? 1, 1, BlockSize);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        loss = LossFor(data, loss);
        DatasetCompatibility.Require(model.Graph, data, loss);
        (_model, _data, _ranks) = (model, data, ranks);
        _scoring = BlockScore.Of(loss);
        var options = new PlanOptions(PlanMode.Inference, blockSize) { Loss = loss };
        _executor = new Executor(model, options, device);
        _weights = new LabelWeights(_executor.Plan, ranks: null);
        _blocks = new ExampleBlocks(data, blockSize);
        _rounds = new RankRounds<BlockScore>(ranks, 1, Evaluate, (_, block) => _sum = _sum.And(block[0]));
    }

    /// <summary>The loss of the training, or the one that fits the data.</summary>
    internal static Loss LossFor(IDataset data, Loss? trained) =>
        trained ?? (data is ITargetDataset ? new MeanSquaredError() : new SoftmaxCrossEntropy());

    /// <summary>Gives all ranks the model of rank 0. Does nothing with one rank.</summary>
    /// <exception cref="CommunicatorException">The ranks have different networks or data.</exception>
    public void JoinRanks()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _model.ThrowIfDisposed();
        RankAgreement.Join(_ranks, _model, _data);
    }

    /// <summary>Evaluates the model with its current values.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running the evaluator or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The evaluator, its model or its device has been disposed of.</exception>
    public Evaluation Run()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _sum = default;
        _rounds.Run(_blocks.Count);
        return _sum.Result();
    }

    /// <summary>Releases the memory; waits for an evaluation on another thread.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
    }

    private void Evaluate(int block, Span<BlockScore> result)
    {
        int examples = _blocks.ReadTargets(block, out ReadOnlySpan<float> inputs, out Targets targets);
        double weight = examples * _weights.MeanOf(targets.Labels),
            loss =
                weight
                * (
                    targets.Values.IsEmpty
                        ? _executor.ForwardLoss(inputs, targets.Labels)
                        : _executor.ForwardLoss(inputs, targets.Values)
                );
        result[0] = _scoring(_executor.Output, targets, examples) with { Loss = loss, Weight = weight };
    }
}

/// <summary>Evaluation in one call.</summary>
public static class ModelEvaluation
{
    /// <summary>Evaluates a model with its running statistics. For repeated evaluations use an <see cref="Evaluator"/>.</summary>
    /// <param name="model">The model; all ranks get the values of rank 0.</param>
    /// <param name="data">Labelled examples.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="ranks">Ranks that divide the examples among them and all get the result; null without ranks.</param>
    /// <param name="loss">See <see cref="Evaluator"/>.</param>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    /// <exception cref="CommunicatorException">The ranks have different networks or data.</exception>
    public static Evaluation Evaluate(
        this Model model,
        IDataset data,
        Device? device = null,
        Communicator? ranks = null,
        Loss? loss = null
    )
    {
        using var evaluator = new Evaluator(model, data, device, ranks, loss);
        evaluator.JoinRanks();
        return evaluator.Run();
    }

    /// <summary>The same, with NaN for loss and accuracy where the data has no labels.</summary>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    public static Evaluation EvaluateIfLabelled(this Model model, IDataset data, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Classes > 0 || data is ITargetDataset
            ? model.Evaluate(data, device)
            : Evaluation.Unknown(data.Count);
    }
}
