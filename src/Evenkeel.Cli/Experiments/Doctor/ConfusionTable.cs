using System.Globalization;
using System.Text.Json;
using Evenkeel.Diagnostics;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Experiments.Doctor;

/// <summary>What was done against what the doctor said, counted over networks and seeds.</summary>
internal static class ConfusionTable
{
    /// <summary>A row per damage, the header first: how often something was lost, then the answers that came, then how many were wrong.</summary>
    public static IReadOnlyList<string[]> Rows(IReadOnlyList<DoctorAnswer> answers)
    {
        StatisticsCause[] said = [.. answers.Select(a => a.Diagnosis.Cause).Distinct().Order()];
        return
        [
            ["what happened", "of", "much lost", .. said.Select(c => c.ToString()), "wrong"],
            .. answers
                .GroupBy(a => a.Damage)
                .Select(g =>
                    (string[])
                        [
                            g.Key.Name,
                            Text(g.Count()),
                            g.Key.Always ? "-" : Text(g.Count(a => a.MuchIsLost)),
                            .. said.Select(c => Blank(g.Count(a => a.Diagnosis.Cause == c))),
                            Text(g.Count(a => a.IsWrong)),
                        ]
                ),
        ];
    }

    /// <summary>The answers as JSON.</summary>
    public static void WriteJson(Utf8JsonWriter writer, IReadOnlyList<DoctorAnswer> answers)
    {
        writer.WriteNumber("answers", answers.Count);
        writer.WriteNumber("wrong", answers.Count(a => a.IsWrong));
        foreach (DoctorAnswer answer in writer.Objects("cases", answers))
        {
            writer.WriteString("network", answer.Network);
            writer.WriteNumber("seed", answer.Seed);
            writer.WriteString("damage", answer.Damage.Name);
            writer.WriteString("cause", answer.Diagnosis.Cause.ToString());
            writer.WriteString("text", answer.Diagnosis.Text);
            writer.WriteString("remedy", answer.Diagnosis.Remedy);
            writer.WriteString("truth", answer.Truth?.Figures);
            writer.WriteBoolean("wrong", answer.IsWrong);
        }
    }

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Blank(int count) => count == 0 ? "" : Text(count);
}
