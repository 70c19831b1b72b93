using System.Runtime.ExceptionServices;
using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Mpi;
using Evenkeel.Ranks;

namespace Evenkeel.Cli.Runs;

/// <summary>Runs a verb as one rank of several: processes that a launcher has started, or threads of this process.</summary>
internal static class RankLaunch
{
    /// <summary>The verb on each rank.</summary>
    /// <param name="asked">Ranks of this process; null where nobody asks for some.</param>
    /// <param name="context">Of the first rank; the others are silent.</param>
    /// <param name="body">What a rank does; it is given null where there is only one.</param>
    /// <returns>The first rank's exit code; each process has that of its own.</returns>
    /// <exception cref="CommunicatorException">A rank failed, which ended all.</exception>
    public static int Run(int? asked, CommandContext context, Func<Communicator?, CommandContext, int> body)
    {
        if (Launcher.Find() is { Size: > 1 } launcher)
        {
            if (asked is not null)
                throw new UsageException(
                    $"--ranks: {launcher.Name} has started {launcher.Size} ranks already; leave out --ranks."
                );
            int code = ExitCode.Failed;
            MpiRanks.Run(ranks =>
            {
                CommandContext own = ContextOf(ranks, context);
                own.Note($"{launcher.Size} ranks, started by {launcher.Name}; messages go by {ranks.Engine}.");
                code = body(ranks, own);
            });
            return code;
        }

        return asked is > 1 and { } count ? RunThreads(count, context, body) : body(null, context);
    }

    /// <summary>Threads of each rank where nobody says how many: the machine's processors over its ranks.</summary>
    public static int ThreadsOf(Communicator ranks) =>
        Math.Max(1, Environment.ProcessorCount / (Launcher.Find()?.LocalSize ?? ranks.Size));

    private static int RunThreads(int count, CommandContext context, Func<Communicator?, CommandContext, int> body)
    {
        int code = ExitCode.Failed;
        try
        {
            InProcessRanks.Run(
                count,
                ranks =>
                {
                    int own = body(ranks, ContextOf(ranks, context));
                    if (ranks.Rank == 0)
                        code = own;
                }
            );
        }
        catch (CommunicatorException e) when (Plain(e) is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }

        return code;
    }

    // What needs no rank: what the first one says, which is the tool itself, and what all say of a command or configuration.
    private static Exception? Plain(CommunicatorException error) =>
        error.InnerException is { } cause and not CommunicatorException
        && (error.Rank == 0 || cause is UsageException or ConfigurationException or GraphException)
            ? cause
            : null;

    private static CommandContext ContextOf(Communicator ranks, CommandContext context)
    {
        if (ranks.Rank == 0)
            return context;
        var silent = CleanWriter.Over(TextWriter.Null);
        return context with { Out = silent, Error = silent, Json = false, Progress = ProgressView.For(silent) };
    }
}
