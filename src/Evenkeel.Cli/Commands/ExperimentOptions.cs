using System.CommandLine;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Commands;

/// <summary>What every experiment asks: how long, from which seed, on how many threads, where to.</summary>
/// <param name="name">The experiment.</param>
/// <param name="usualSteps">Steps where nothing else is asked for.</param>
/// <param name="steps">What <c>--steps</c> counts.</param>
internal sealed class ExperimentOptions(string name, long usualSteps, string steps)
{
    private readonly Option<long> _steps = new Option<long>("--steps")
    {
        Description = steps,
        DefaultValueFactory = _ => usualSteps,
    }.Within(1, NumberRange.MaxSteps);

    private readonly Option<ulong> _seed = new Option<ulong>("--seed")
    {
        Description = "Seed of weights, order and whatever else is drawn",
        DefaultValueFactory = _ => 1UL,
    }.Within(0UL, ulong.MaxValue);

    private readonly Option<int> _threads = NumberRange.Threads();

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

    public long Steps(ParseResult parse) => parse.GetValue(_steps);

    public ulong Seed(ParseResult parse) => parse.GetValue(_seed);

    public int Threads(ParseResult parse) => parse.GetValue(_threads);

    /// <exception cref="UsageException">No folder can be made there.</exception>
    public string Folder(ParseResult parse)
    {
        string folder = parse.GetValue(_out) ?? ExperimentFolder.Usual(name);
        OutputPlace.RequireFolder("--out", folder);
        return folder;
    }
}
