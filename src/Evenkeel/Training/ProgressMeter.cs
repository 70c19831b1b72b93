using System.Diagnostics;

namespace Evenkeel.Training;

/// <summary>Gathers what steps did and reports it about once a second, and after the last step.</summary>
internal sealed class ProgressMeter(long totalSteps, Action<TrainingProgress> report)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _since = Stopwatch.GetTimestamp();
    private double _losses;
    private long _steps;
    private long _examples;

    public void Add(in StepResult step)
    {
        _losses += step.Loss;
        _steps++;
        _examples += step.Examples;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_since);
        if (elapsed < Interval && step.Step < totalSteps)
            return;
        report(
            new TrainingProgress(
                step.Step,
                totalSteps,
                step.Epoch,
                _losses / _steps,
                _examples / Math.Max(elapsed.TotalSeconds, 1e-9)
            )
        );
        (_since, _losses, _steps, _examples) = (Stopwatch.GetTimestamp(), 0, 0, 0);
    }
}
