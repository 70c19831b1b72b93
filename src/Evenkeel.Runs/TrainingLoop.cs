using System.Diagnostics;
using Evenkeel.Diagnostics;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs.Scoring;
using Evenkeel.Training;

namespace Evenkeel.Runs;

/// <summary>
/// A training run at work: steps, and between them what the configuration asks for. The order within a step is fixed (log, evaluate,
/// probe, save), so that a checkpoint knows of everything before it.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly TrainingSetup _setup;
    private readonly RunFolder _folder;
    private readonly RunRecord _record;
    private readonly Trainer _trainer;
    private readonly RunConfig _config;
    private readonly RunLog _log;
    private readonly CheckpointKeeper _keeper;
    private readonly RunSaving _saving;
    private readonly RunHost _host;
    private readonly LayerProbe? _probe;
    private readonly PropagationProbe? _propagation;
    private (long Step, Score Score, double Loss)? _evaluated;

    private TrainingLoop(
        TrainingSetup setup,
        RunFolder folder,
        RunRecord record,
        RunLog log,
        CheckpointKeeper keeper,
        RunHost host
    )
    {
        _setup = setup;
        _folder = folder;
        _record = record;
        _trainer = setup.Trainer;
        _config = setup.Config;
        _log = log;
        _keeper = keeper;
        _saving = new RunSaving(folder, record, log, keeper, host);
        _host = host;
        if (_config.InspectEvery > 0 || (log.TensorBoard is not null && _config.HistogramEvery > 0))
            _probe = LayerProbe.For(setup.Model, setup.Data.Validation, _trainer.Device);
        if (_config.ProbeEvery > 0 && ProbeBatch.Of(setup.Data.Validation, _config.Training.BatchSize) is { } examples)
            _propagation = new PropagationProbe(setup.Model, examples, _config.Training.Loss, _trainer.Device);
    }

    /// <summary>A run from its first step.</summary>
    public static TrainingLoop Begin(TrainingSetup setup, RunFolder folder, RunRecord record, RunHost host)
    {
        record.Seconds = 0;
        return new(
            setup,
            folder,
            record,
            RunLog.Begin(folder.Files, setup.Config),
            new CheckpointKeeper(folder.Files, setup),
            host
        );
    }

    /// <summary>A run from its last checkpoint.</summary>
    public static TrainingLoop Resume(TrainingSetup setup, RunFolder folder, RunRecord record, RunHost host)
    {
        var keeper = new CheckpointKeeper(folder.Files, setup);
        double noted = keeper.Restore();
        record.Seconds = Math.Max(record.Seconds, noted);
        RunLog log = RunLog.Resume(folder.Files, setup.Config, setup.Trainer.StepsDone);
        return new TrainingLoop(setup, folder, record, log, keeper, host)
        {
            _evaluated = LastEvaluation(folder.Files, setup),
        };
    }

    /// <summary>Trains to the end, or until cancelled; the state is saved in both cases, and at the end the result and the page.</summary>
    /// <exception cref="RunStoppedException">It could not go on; the state is saved.</exception>
    /// <exception cref="RunUnsavedException">Something of the run could not be saved.</exception>
    public RunOutcome Run(CancellationToken cancellation)
    {
        RunResult? result = Train(cancellation);
        if (result is null)
            RequireState();
        _setup.Data.Damage?.Tell(_host);
        var outcome = new RunOutcome(_folder.Files, _trainer.StepsDone, _setup.TotalSteps, result);
        if (result is not null)
            Complete(result, outcome);
        return outcome;
    }

    public void Dispose()
    {
        _propagation?.Dispose();
        _probe?.Dispose();
        _log.Dispose();
    }

    private RunResult? Train(CancellationToken cancellation)
    {
        _setup.Lead.Join();
        long before = _trainer.StepsDone;
        if (before == 0)
            Probe();
        try
        {
            return TrainAndSave(cancellation);
        }
        catch (Exception e) when (e is not RunUnsavedException && _trainer.StepsDone > before)
        {
            throw AfterSaving(e);
        }
        finally
        {
            _log.TellLost(_host);
        }
    }

    // What came out is told also where the files do not say it.
    private void Complete(RunResult result, RunOutcome outcome)
    {
        _saving.Complete(result);
        try
        {
            RequireState();
            _saving.RequireAll();
        }
        catch (RunUnsavedException e)
        {
            e.Outcome = outcome;
            throw;
        }
    }

    private void RequireState()
    {
        if (_saving.NewestFailure is { } failure)
            throw RunEnd.Lost(_folder.Files, _trainer.StepsDone, _setup.TotalSteps, null, failure);
    }

    private RunResult? TrainAndSave(CancellationToken cancellation)
    {
        bool done = false;
        _host.Follow(_trainer.StepsDone, _setup.TotalSteps, () => done = Steps(cancellation));
        if (done)
            EvaluateLast();
        _saving.SaveLast();
        RunResult? result = done ? Result(_evaluated!.Value.Score, _evaluated.Value.Loss) : null;
        _setup.Lead.Stop();
        return result;
    }

    // The newest evaluation of the log not after the step of the checkpoint.
    private static (long Step, Score Score, double Loss)? LastEvaluation(RunFiles files, TrainingSetup setup)
    {
        ScoreKind scored = setup.Scored;
        MetricsRow? row = File.Exists(files.Metrics)
            ? files
                .ReadMetrics()
                .Rows.LastOrDefault(r => r.Step <= setup.Trainer.StepsDone && r.Values.ContainsKey(scored.Key))
            : null;
        return row is null
            ? null
            : (
                row.Step,
                new Score(scored, row.Values[scored.Key]),
                row.Values.GetValueOrDefault("validationLoss", double.NaN)
            );
    }

    // A step that fails changes nothing, so the state is that after the step before.
    private Exception AfterSaving(Exception error)
    {
        Exception? failure;
        try
        {
            failure = _saving.SaveLastIfUsable() ? null : _saving.NewestFailure;
        }
#pragma warning disable CA1031 // What stopped the run is told in any case.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        (long done, long total) = (_trainer.StepsDone, _setup.TotalSteps);
        return failure is null
            ? RunEnd.Saved(_folder.Files, done, total, error)
            : RunEnd.Lost(_folder.Files, done, total, error, failure);
    }

    // Follows from what checkpoints and the log hold, so a run that is resumed ends where it would have.
    private bool HasWaitedLongEnough =>
        _config.Patience is { } patience
        && _evaluated is { } evaluated
        && _keeper.Best is not null
        && evaluated.Step - _keeper.BestStep >= patience * _config.EvaluateEvery;

    private bool Steps(CancellationToken cancellation)
    {
        while (_trainer.StepsDone < _setup.TotalSteps)
        {
            if (HasWaitedLongEnough)
            {
                _host.Note(
                    $"stopped early, after step {_trainer.StepsDone}: {_config.Patience} evaluations were no better than that of step {_keeper.BestStep}."
                );
                return true;
            }

            if (cancellation.IsCancellationRequested)
                return false;
            long before = Stopwatch.GetTimestamp();
            StepResult step = _setup.Lead.Step();
            _record.Seconds += Stopwatch.GetElapsedTime(before).TotalSeconds;
            AfterStep(step);
            _host.Report(new RunProgress(step.Step, _setup.TotalSteps, step.Loss, _evaluated?.Score));
        }

        return true;
    }

    private void AfterStep(StepResult step)
    {
        if (IsTime(step.Step, _config.LogEvery))
            _log.Training(step);
        if (IsTime(step.Step, _config.EvaluateEvery))
            Evaluate();
        if (_log.TensorBoard is { } events && IsTime(step.Step, _config.HistogramEvery))
            _probe?.Write(events, step.Step);
        if (_log.Layers is { } layers && IsTime(step.Step, _config.InspectEvery))
            _probe?.Write(layers, step.Step);
        if (IsTime(step.Step, _config.ProbeEvery))
            Probe();
        if (IsTime(step.Step, _config.CheckpointEvery))
            _saving.SaveNumbered();
        _saving.Look();
    }

    private void Probe()
    {
        if (_propagation is not null)
            _log.Propagation(_trainer.StepsDone, _propagation.Run());
    }

    // Once more for the best, should it be this one and its file be gone.
    private void EvaluateLast()
    {
        if (_evaluated?.Step != _trainer.StepsDone)
            Evaluate();
        else
            _saving.Offer(_evaluated.Value.Score);
    }

    private void Evaluate()
    {
        Evaluation evaluation = _setup.Lead.Validate();
        Score score = _setup.Scored.ScoreOf(evaluation);
        _evaluated = (_trainer.StepsDone, score, evaluation.Loss);
        _log.Evaluation(_trainer.StepsDone, score, evaluation.Loss);
        _saving.Offer(score);
    }

    private RunResult Result(Score score, double validationLoss)
    {
        (Score? last, Score? best) = TestScores();
        return new RunResult
        {
            Steps = _trainer.StepsDone,
            Score = score,
            ValidationLoss = validationLoss,
            // Where no best checkpoint could be saved, the last state is the only one.
            BestScore = _keeper.Best ?? score,
            BestStep = _keeper.Best is null ? _trainer.StepsDone : _keeper.BestStep,
            TestScore = last,
            BestTestScore = best,
            Seconds = _record.Seconds,
            SkippedBatches = _trainer.SkippedBatches,
        };
    }

    private (Score? Last, Score? Best) TestScores()
    {
        if (ReferenceEquals(_setup.Data.Test, _setup.Data.Validation))
            return (null, null);
        Score last = Test(_setup.Model);
        if (_keeper.BestStep == _trainer.StepsDone)
            return (last, last);
        using Model? best = _keeper.LoadBest();
        return (last, best is null ? null : Test(best));
    }

    private Score Test(Model model) => _setup.Scored.ScoreOf(_setup.Lead.Test(model));

    private static bool IsTime(long step, long every) => every > 0 && step % every == 0;
}
