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
        Description = $"{what}, for trying out; under mpirun, mpiexec or srun the launcher says how many",
    }.Within(1, 64);

    private readonly Option<int?> _timeout = new Option<int?>("--rank-timeout")
    {
        Description = "Seconds that a rank waits for another before all end and save what they have; 30 if not given",
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
