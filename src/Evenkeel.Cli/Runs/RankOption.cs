using System.CommandLine;
using Evenkeel.Cli.Terminal;
using Evenkeel.Ranks;

namespace Evenkeel.Cli.Runs;

/// <summary>The option <c>--ranks</c> and what goes with it: a verb on several ranks of this process, or on those that a launcher has started.</summary>
/// <param name="what">What the verb does on ranks, as the begin of a sentence.</param>
internal sealed class RankOption(string what)
{
    private readonly Option<int?> _count = new Option<int?>("--ranks")
    {
        Description = $"{what}, to try ranks; under mpirun, mpiexec or srun the launcher sets the number",
    }.Within(1, 64);

    private readonly Option<int?> _timeout = new Option<int?>("--rank-timeout")
    {
        Description = "Seconds that a rank waits for another before all ranks save and end; default: 30",
        HelpName = "seconds",
    }.Within(1, 86400);

    public void AddTo(Command command)
    {
        command.Options.Add(_count);
        command.Options.Add(_timeout);
    }

    /// <inheritdoc cref="RankLaunch.Run"/>
    public int Run(ParseResult parse, CommandContext context, Func<Communicator?, CommandContext, int> body) =>
        RankLaunch.Run(parse.GetValue(_count), parse.GetValue(_timeout), context, body);
}
