using System.Text.Json;
using Evenkeel.Diagnostics;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary>A trial as JSON fields.</summary>
internal static class TrialJson
{
    public static void Write(Utf8JsonWriter writer, RemedyTrial trial)
    {
        writer.WriteString("tried", trial.What);
        writer.WriteNumber("examples", trial.Examples);
        writer.WriteFinite("lossBefore", trial.Before.Loss);
        writer.WriteFinite("lossAfter", trial.After.Loss);
        writer.WriteFinite("lossChange", trial.Loss.Mean);
        writer.WriteFinite("lossStandardError", trial.Loss.StandardError);
        writer.WriteFinite("accuracyBefore", trial.Before.Accuracy);
        writer.WriteFinite("accuracyAfter", trial.After.Accuracy);
        writer.WriteFinite("accuracyChange", trial.Accuracy.Mean);
        writer.WriteFinite("accuracyStandardError", trial.Accuracy.StandardError);
        writer.WriteString("outcome", trial.Outcome.ToString());
    }
}
