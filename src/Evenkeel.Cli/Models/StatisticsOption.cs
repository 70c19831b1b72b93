using System.CommandLine;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Models;

/// <summary>Which statistics are computed with, where the file leaves that open or they are not those that it stores.</summary>
internal sealed class StatisticsOption
{
    private readonly Option<string?> _statistics = new("--statistics")
    {
        Description =
            "Statistics to compute with, if not as the file says: stored, also where it normalises each batch with its own (training mode); "
            + "initial, mean 0 and variance 1 where it lacks them, which is refused otherwise",
        HelpName = "which",
    };

    public void AddTo(Command command) => command.Options.Add(_statistics);

    /// <summary>Reads the option into how the file is read.</summary>
    /// <exception cref="UsageException">There is no such word.</exception>
    public ModelReading Read(ParseResult parse, ModelReading reading) =>
        parse.GetValue(_statistics) switch
        {
            null => reading,
            "stored" => reading with { UsesStoredStatistics = true },
            "initial" => reading with { AllowsInitialStatistics = true },
            var other => throw new UsageException($"--statistics: '{other}' is not one of stored, initial."),
        };

    /// <summary>Why a model cannot be used: statistics were never measured, and no option asks for the initial ones; null otherwise.</summary>
    public static UsageException? Refusal(Model model, string path, ModelReading reading)
    {
        if (
            !reading.IsForUse
            || reading.AllowsInitialStatistics
            || model.UnmeasuredStatistics is not [var first, ..] missing
        )
            return null;
        string others = missing.Count > 1 ? $" and {missing.Count - 1} more" : "";
        return new UsageException(
            $"{path}: it has no running statistics of '{first}'{others}, and its outputs depend on them; measure them with 'evenkeel "
                + "recalibrate', or use mean 0 and variance 1 with --statistics initial."
        );
    }
}
