using Evenkeel.Data;
using Evenkeel.Data.Loading;
using Evenkeel.Execution;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Planning;
using Evenkeel.Training.Optimizers;

namespace Evenkeel.Training;

/// <summary>
/// Trains a model step by step: batch, forward, backward, update, commit of the running statistics. In steady state a step
/// allocates nothing. Two trainers of the same model values, data and options make the same bits on any number of threads.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly IDataset _data;
    private readonly Executor _executor;
    private BatchLoader _loader;

    /// <summary>Plans the training of a model.</summary>
    /// <param name="model">Changed in place; stays the caller's to dispose.</param>
    /// <param name="data">Training examples; their shape must have as many values as the network's input.</param>
    /// <param name="options">How to train.</param>
    public Trainer(Model model, IDataset data, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        DatasetFit.Require(model.Graph, data);
        Model = model;
        Options = options;
        _data = data;
        _loader = OpenLoader(default);
        Pool = new WorkerPool(options.Threads);
        var plan = new PlanOptions(PlanMode.Training, _loader.Layout.MaxBatch) { Loss = new SoftmaxCrossEntropy() };
        _executor = new Executor(ExecutionPlan.Build(model.Graph, plan), model, Pool);
        Optimizer = new Optimizer(options.Optimizer, model);
    }

    /// <summary>The model being trained.</summary>
    public Model Model { get; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The update rule at work.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The threads, for evaluations between steps.</summary>
    public WorkerPool Pool { get; }

    /// <summary>Steps done.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Batches skipped because their loss was not finite.</summary>
    public long SkippedBatches { get; private set; }

    /// <summary>Where in the data the next batch begins.</summary>
    public LoaderPosition Position => _loader.Position;

    /// <summary>The training data.</summary>
    public IDataset Data => _data;

    /// <summary>The plan, for inspection.</summary>
    public ExecutionPlan Plan => _executor.Plan;

    /// <summary>Gradients of the last step, laid out as <see cref="Model.Trainable"/>.</summary>
    public ReadOnlySpan<float> Gradients => _executor.Gradients;

    /// <summary>Trains on the next batch.</summary>
    /// <exception cref="NonFiniteLossException">The loss is NaN or infinite and the policy is to fail; nothing was changed.</exception>
    /// <exception cref="Normalization.SingleValuePerChannelException">See <see cref="Normalization.SingleValuePolicy"/>.</exception>
    public StepResult Step()
    {
        Batch batch = _loader.Next();
        long step = StepsDone;
        double rate = Options.LearningRate.At(step);
        double loss = _executor.ForwardBackward(batch.Inputs.Span, batch.Labels.Span);
        bool finite = double.IsFinite(loss);
        if (!finite && Options.OnNonFiniteLoss == NonFiniteLossPolicy.Fail)
            throw NonFinite(loss, step, batch);
        double norm = double.NaN;
        if (finite)
        {
            norm = Clip();
            Optimizer.Step(Pool, _executor.Gradients, rate);
            _executor.Commit();
        }
        else
        {
            SkippedBatches++;
        }

        StepsDone++;
        return new StepResult(StepsDone, loss, rate, batch.Count, batch.Epoch, norm, finite);
    }

    /// <summary>Trains until <paramref name="steps"/> steps are done in all, or until cancelled between two steps.</summary>
    /// <param name="steps">Steps in all, those already done included.</param>
    /// <param name="afterStep">Called after each step.</param>
    /// <param name="cancellation">Ends training after the step at work.</param>
    /// <returns>Whether all steps were done.</returns>
    public bool Run(long steps, Action<StepResult>? afterStep = null, CancellationToken cancellation = default)
    {
        while (StepsDone < steps)
        {
            if (cancellation.IsCancellationRequested)
                return false;
            StepResult result = Step();
            afterStep?.Invoke(result);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader.Dispose();
        _executor.Dispose();
        Optimizer.Dispose();
        Pool.Dispose();
    }

    /// <summary>Goes on from where another trainer stood; model and optimiser values are the caller's to restore.</summary>
    internal void ContinueFrom(long stepsDone, long optimizerSteps, long skipped, LoaderPosition position)
    {
        StepsDone = stepsDone;
        SkippedBatches = skipped;
        Optimizer.StepsTaken = optimizerSteps;
        _loader.Dispose();
        _loader = OpenLoader(position);
    }

    private BatchLoader OpenLoader(LoaderPosition position) =>
        new(
            _data,
            new BatchLoaderOptions
            {
                BatchSize = Options.BatchSize,
                Shuffle = Options.Shuffle,
                Seed = Options.Seed,
                Shards = Options.Shards,
                LastBatch = Options.LastBatch,
                Prefetch = Options.Prefetch,
                Start = position,
            }
        );

    private double Clip()
    {
        if (Options.ClipNorm is not { } limit)
            return double.NaN;
        Span<float> gradients = _executor.Gradients;
        double norm = Math.Sqrt(GradientNorm.SumOfSquares(Pool, gradients));
        if (norm > limit)
            GradientNorm.Scale(Pool, gradients, (float)(limit / norm));
        return norm;
    }

    private NonFiniteLossException NonFinite(double loss, long step, Batch batch)
    {
        int bad = batch.Inputs.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        string cause =
            bad >= 0
                ? $"value {bad % _data.InputLength} of example {bad / _data.InputLength} of the batch is {batch.Inputs.Span[bad]}; "
                    + "clean the data"
                : "the inputs are finite, so training has diverged; lower the learning rate or clip gradients";
        return new NonFiniteLossException(
            $"Step {step + 1} (epoch {batch.Epoch}, batch {batch.BatchInEpoch}): the loss is {loss}; {cause}. "
                + "Parameters and running statistics are as before this step."
        );
    }
}
