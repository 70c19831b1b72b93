using System.Diagnostics;
using System.Text.Json;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Experiments;

/// <summary>A network that is trained and judged on the way, with its curve.</summary>
internal abstract class JudgedRun
{
    private readonly List<(long Step, Evaluation Result)> _points = [];
    private readonly Stopwatch _training = new();

    /// <summary>Test results, with running statistics where there are any.</summary>
    public IReadOnlyList<(long Step, Evaluation Result)> Points => _points;

    /// <summary>Seconds spent in training steps alone.</summary>
    public double TrainingSeconds => _training.Elapsed.TotalSeconds;

    /// <summary>The step whose loss was not finite, or null.</summary>
    public long? DivergedAt { get; private set; }

    /// <summary>Why the run ended early, or null.</summary>
    public string? Diverged { get; private set; }

    public double BestAccuracy => _points.Max(p => p.Result.Accuracy);

    public long BestStep => _points.First(p => p.Result.Accuracy == BestAccuracy).Step;

    /// <summary>First step at which the test accuracy was at least this, or null.</summary>
    public long? FirstReached(double accuracy) =>
        _points.Where(p => p.Result.Accuracy >= accuracy).Select(p => (long?)p.Step).FirstOrDefault();

    /// <summary>Test accuracy over steps as a line of a chart.</summary>
    public SeriesSpec Curve(string name, LineStyle style, int colour) =>
        new()
        {
            Name = name,
            X = [.. _points.Select(p => (double)p.Step)],
            Y = [.. _points.Select(p => p.Result.Accuracy)],
            Style = style,
            Colour = colour,
        };

    /// <summary>The same as the field <c>accuracy</c>, a list of pairs.</summary>
    public void WriteCurve(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("accuracy");
        foreach ((long step, Evaluation result) in _points)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(step);
            writer.WriteNumberValue(result.Accuracy);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    /// <param name="trainer">Trains.</param>
    /// <param name="evaluator">Judges, before the first step too.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="every">Steps between two looks.</param>
    /// <param name="progress">Told the steps done.</param>
    /// <param name="cancellation">Ends the run after the current step.</param>
    protected void Train(
        Trainer trainer,
        Evaluator evaluator,
        long steps,
        long every,
        Action<long> progress,
        CancellationToken cancellation
    )
    {
        Judge(trainer.StepsDone, evaluator);
        while (trainer.StepsDone < steps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TrainTo(trainer, Math.Min(steps, trainer.StepsDone + every), cancellation))
                return;
            Judge(trainer.StepsDone, evaluator);
            progress(trainer.StepsDone);
        }
    }

    /// <summary>Looks further at the network as it is after a step.</summary>
    protected virtual void Look(long step) { }

    private void Judge(long step, Evaluator evaluator)
    {
        _points.Add((step, evaluator.Run()));
        Look(step);
    }

    private bool TrainTo(Trainer trainer, long until, CancellationToken cancellation)
    {
        _training.Start();
        try
        {
            trainer.Run(until, cancellation: cancellation);
            return true;
        }
        catch (NonFiniteLossException e)
        {
            (DivergedAt, Diverged) = (trainer.StepsDone + 1, e.Message);
            return false;
        }
        finally
        {
            _training.Stop();
        }
    }
}
