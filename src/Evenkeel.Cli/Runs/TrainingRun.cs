using System.Diagnostics;
using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>
/// A training run at work: steps, and between them what the configuration asks for. The order within a step is fixed (log, evaluate,
/// probe, save), so that a checkpoint knows of everything before it.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingSetup _setup;
    private readonly Trainer _trainer;
    private readonly RunConfig _config;
    private readonly RunLog _log;
    private readonly CheckpointKeeper _keeper;
    private readonly Evaluator _evaluator;
    private readonly LayerProbe? _probe;
    private (long Step, Evaluation Value)? _evaluated;
    private double _seconds;

    private TrainingRun(TrainingSetup setup, RunLog log, CheckpointKeeper keeper, double secondsBefore)
    {
        _setup = setup;
        _trainer = setup.Trainer;
        _config = setup.Config;
        _log = log;
        _keeper = keeper;
        _seconds = secondsBefore;
        _evaluator = new Evaluator(setup.Model, setup.Data.Validation, _trainer.Pool);
        if (log.TensorBoard is not null && _config.HistogramEvery > 0)
            _probe = LayerProbe.For(setup.Model, setup.Data.Validation, _trainer.Pool);
    }

    /// <summary>A run from its first step.</summary>
    public static TrainingRun Begin(TrainingSetup setup, RunFolder folder) =>
        new(setup, RunLog.Begin(folder, setup.Config), new CheckpointKeeper(folder, setup), 0);

    /// <summary>A run from its last checkpoint.</summary>
    public static TrainingRun Resume(TrainingSetup setup, RunFolder folder)
    {
        var keeper = new CheckpointKeeper(folder, setup);
        double seconds = keeper.Restore();
        var run = new TrainingRun(setup, RunLog.Resume(folder, setup.Config, setup.Trainer.StepsDone), keeper, seconds);
        run._evaluated = RunHistory.LastEvaluation(folder.Metrics, setup.Trainer.StepsDone);
        return run;
    }

    /// <summary>Trains to the end, or until cancelled; the state is saved in both cases.</summary>
    /// <returns>What came out, or null if it was cancelled.</returns>
    public RunResult? Train(CommandContext context)
    {
        bool done = context.Progress.Follow(
            "training",
            "steps",
            _trainer.StepsDone,
            _setup.TotalSteps,
            task => Steps(task, context.Cancellation)
        );
        if (!done)
        {
            _log.Flush();
            _keeper.SaveLast(_seconds);
            return null;
        }

        if (_evaluated?.Step != _trainer.StepsDone)
            Evaluate();
        _log.Flush();
        _keeper.SaveLast(_seconds);
        return Result(_evaluated!.Value.Value);
    }

    public void Dispose()
    {
        _probe?.Dispose();
        _evaluator.Dispose();
        _log.Dispose();
    }

    private bool Steps(ProgressTask task, CancellationToken cancellation)
    {
        while (_trainer.StepsDone < _setup.TotalSteps)
        {
            if (cancellation.IsCancellationRequested)
                return false;
            long before = Stopwatch.GetTimestamp();
            StepResult step = _trainer.Step();
            _seconds += Stopwatch.GetElapsedTime(before).TotalSeconds;
            AfterStep(step);
            if (task.IsDue)
                task.Describe($"loss {step.Loss:F4}{AccuracyText()}");
            task.Report(step.Step);
        }

        return true;
    }

    private void AfterStep(StepResult step)
    {
        if (IsTime(step.Step, _config.LogEvery))
            _log.Training(step);
        if (IsTime(step.Step, _config.EvaluateEvery))
            Evaluate();
        if (_probe is not null && IsTime(step.Step, _config.HistogramEvery))
            _probe.Write(_log.TensorBoard!, step.Step);
        if (IsTime(step.Step, _config.CheckpointEvery))
        {
            _log.Flush();
            _keeper.SaveNumbered(_seconds);
        }
    }

    private void Evaluate()
    {
        Evaluation evaluation = _evaluator.Run();
        _evaluated = (_trainer.StepsDone, evaluation);
        _log.Evaluation(_trainer.StepsDone, evaluation);
        _keeper.Offer(evaluation.Accuracy, _seconds);
    }

    private RunResult Result(Evaluation validation)
    {
        (double? last, double? best) = TestAccuracies();
        return new RunResult
        {
            Steps = _trainer.StepsDone,
            Accuracy = validation.Accuracy,
            ValidationLoss = validation.Loss,
            BestAccuracy = _keeper.BestAccuracy,
            BestStep = _keeper.BestStep,
            TestAccuracy = last,
            BestTestAccuracy = best,
            Seconds = _seconds,
            SkippedBatches = _trainer.SkippedBatches,
        };
    }

    private (double? Last, double? Best) TestAccuracies()
    {
        IDataset test = _setup.Data.Test;
        if (ReferenceEquals(test, _setup.Data.Validation))
            return (null, null);
        double last = _setup.Model.Evaluate(test, _trainer.Pool).Accuracy;
        if (_keeper.BestStep == _trainer.StepsDone)
            return (last, last);
        using Model? best = _keeper.LoadBest();
        return (last, best?.Evaluate(test, _trainer.Pool).Accuracy);
    }

    private string AccuracyText() =>
        _evaluated is { } e ? FormattableString.Invariant($"  accuracy {100 * e.Value.Accuracy:F2}%") : "";

    private static bool IsTime(long step, long every) => every > 0 && step % every == 0;
}
