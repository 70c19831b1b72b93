using System.CommandLine;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Commands;

/// <summary>What every experiment asks: how long, from which seed, on how many threads, where to.</summary>
/// <param name="name">The experiment.</param>
/// <param name="usualSteps">Steps where nothing else is asked for.</param>
/// <param name="steps">What <c>--steps</c> counts.</param>
internal sealed class ExperimentOptions(string name, long usualSteps, string steps)
{
    private readonly Option<long> _steps = new("--steps")
    {
        Description = steps,
        DefaultValueFactory = _ => usualSteps,
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Seed of weights, order and whatever else is drawn",
        DefaultValueFactory = _ => 1UL,
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads; the result does not depend on it",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = $"Folder for the report and the networks; default: runs/{name}-<time>",
    };

    public Command AddTo(Command command)
    {
        foreach (Option option in (Option[])[_steps, _seed, _threads, _out])
            command.Options.Add(option);
        return command;
    }

    public long Steps(ParseResult parse) =>
        parse.GetValue(_steps) is >= 1 and long steps
            ? steps
            : throw new UsageException($"--steps must be 1 or more, not {parse.GetValue(_steps)}");

    public ulong Seed(ParseResult parse) => parse.GetValue(_seed);

    public int Threads(ParseResult parse) =>
        parse.GetValue(_threads) is >= 1 and <= 1024 and int threads
            ? threads
            : throw new UsageException($"--threads must be 1 to 1024, not {parse.GetValue(_threads)}");

    public string Folder(ParseResult parse) => parse.GetValue(_out) ?? ExperimentFolder.Usual(name);
}
