using System.CommandLine;
using Evenkeel.Cli.Terminal;
using static System.FormattableString;

namespace Evenkeel.Cli.Models;

/// <summary>
/// What a computation will take of memory is told before it begins; more than the machine has is refused, because the system would end the
/// process in the middle, without a word.
/// </summary>
/// <param name="remedy">What the user can make smaller.</param>
internal sealed class MemoryOption(string remedy)
{
    private const long Told = 1L << 30;

    private readonly Option<bool> _allow = new("--allow-memory")
    {
        Description = "Start even if it needs more memory than this machine has",
    };

    public void AddTo(Command command) => command.Options.Add(_allow);

    /// <summary>Tells or refuses.</summary>
    /// <exception cref="UsageException">It takes more than there is, and no option allowed that.</exception>
    public void Require(ParseResult parse, CommandContext context, MemoryNeed need) =>
        Require(parse, context, need, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>The same for a machine, or the part of one that a container is given, of so many bytes.</summary>
    internal void Require(ParseResult parse, CommandContext context, MemoryNeed need, long available)
    {
        string what = Invariant($"{Size(need.Bytes)} of memory: batches of {need.Batch} with inputs {need.Input}");
        if (need.Bytes > available && !parse.GetValue(_allow))
            throw new UsageException(
                $"this would take about {what}; the machine has {Size(available)}. Use {remedy}, or start anyway with --allow-memory."
            );
        if (need.Bytes > Told)
            context.Note($"This takes about {what}.");
    }

    private static string Size(long bytes) => Invariant($"{bytes / 1e9:N1} GB");
}
