using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;

namespace Evenkeel.Cli.Commands;

/// <summary>A trial as JSON fields.</summary>
internal static class TrialJson
{
    public static void Write(Utf8JsonWriter writer, RemedyTrial trial)
    {
        writer.WriteString("tried", trial.What);
        writer.WriteNumber("examples", trial.Examples);
        JsonNumber.Write(writer, "lossBefore", trial.Before.Loss);
        JsonNumber.Write(writer, "lossAfter", trial.After.Loss);
        JsonNumber.Write(writer, "lossChange", trial.Loss.Mean);
        JsonNumber.Write(writer, "lossStandardError", trial.Loss.StandardError);
        JsonNumber.Write(writer, "accuracyBefore", trial.Before.Accuracy);
        JsonNumber.Write(writer, "accuracyAfter", trial.After.Accuracy);
        JsonNumber.Write(writer, "accuracyChange", trial.Accuracy.Mean);
        JsonNumber.Write(writer, "accuracyStandardError", trial.Accuracy.StandardError);
        writer.WriteString("verdict", trial.Verdict.ToString());
    }
}
