using Evenkeel.Reporting.Metrics;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>What a run's log says of the past.</summary>
internal static class RunHistory
{
    /// <summary>The newest evaluation not after a step, or null.</summary>
    public static (long Step, Evaluation Value)? LastEvaluation(string metrics, long step)
    {
        if (!File.Exists(metrics))
            return null;
        MetricsRow? row = MetricsHistory
            .Read(metrics)
            .Rows.LastOrDefault(r => r.Step <= step && r.Values.ContainsKey("accuracy"));
        return row is null
            ? null
            : (
                row.Step,
                new Evaluation(row.Values.GetValueOrDefault("validationLoss", double.NaN), row.Values["accuracy"], 0)
            );
    }
}
