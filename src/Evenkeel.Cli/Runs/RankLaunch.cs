using System.Runtime.ExceptionServices;
using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Mpi;
using Evenkeel.Ranks;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Runs;

/// <summary>Runs a verb as one rank of several: processes that a launcher has started, or threads of this process.</summary>
internal static class RankLaunch
{
    // Ranks of a machine start within a second or so of each other, also on a busy one.
    private static readonly TimeSpan TimeToSpeak = TimeSpan.FromSeconds(5);

    /// <summary>The verb on each rank.</summary>
    /// <param name="asked">Ranks of this process; null where nobody asks for some.</param>
    /// <param name="seconds">How long a rank waits for another; null for the usual time.</param>
    /// <param name="context">Of the first rank; the others are silent.</param>
    /// <param name="body">What a rank does; it is given null where there is only one.</param>
    /// <returns>The first rank's exit code, in every process.</returns>
    /// <exception cref="CommunicatorException">A rank failed, which ended all.</exception>
    public static int Run(
        int? asked,
        int? seconds,
        CommandContext context,
        Func<Communicator?, CommandContext, int> body
    )
    {
        TimeSpan? timeout = seconds is { } s ? TimeSpan.FromSeconds(s) : null;
        if (Launcher.Find() is { Size: > 1 } launcher)
        {
            if (asked is not null)
                throw new UsageException(
                    $"--ranks: {launcher.Name} has started {launcher.Size} ranks already; leave out --ranks."
                );
            return RunProcess(launcher, timeout, context, body);
        }

        return asked is > 1 and { } count ? RunThreads(count, timeout, context, body) : body(null, context);
    }

    private static int RunProcess(
        Launcher launcher,
        TimeSpan? timeout,
        CommandContext context,
        Func<Communicator?, CommandContext, int> body
    )
    {
        int code = ExitCode.Failed;
        try
        {
            MpiRanks.Run(
                ranks =>
                {
                    ranks.Timeout = timeout ?? ranks.Timeout;
                    CommandContext own = ContextOf(ranks, context);
                    own.Note($"{launcher.Size} ranks, started by {launcher.Name}; connected by {ranks.Engine}.");
                    code = OfFirst(ranks, RunGuarded(ranks, context, () => body(ranks, own)));
                },
                report: line => context.Error.WriteLine($"evenkeel: {line}")
            );
        }
        catch (CommunicatorException) when (launcher.LocalRank > 0)
        {
            // The first rank of this machine has no library either, and says so. Some launchers end all ranks when one ends, so it goes first.
            Thread.Sleep(TimeToSpeak);
        }

        return code;
    }

    // What the tool says of an error, as all ranks are to hear it.
    private static int RunGuarded(Communicator ranks, CommandContext context, Func<int> body)
    {
        try
        {
            return body();
        }
        catch (Exception e) when (e is not CommunicatorException)
        {
            KnownErrors.WriteTrace(e, context.Error);
            string words = KnownErrors.Words(e);
            throw new CommunicatorException(
                ranks.Rank == 0 ? words : $"rank {ranks.Rank} of {ranks.Size} failed: {words}",
                e
            )
            {
                Rank = ranks.Rank,
                Code = KnownErrors.CodeOf(e),
            };
        }
    }

    private static int OfFirst(Communicator ranks, int code)
    {
        (ranks.Step, ranks.Purpose, ranks.Patient) = (0, "end of the run", true);
        Span<int> codes = [code];
        ranks.Broadcast(codes);
        return codes[0];
    }

    private static int RunThreads(
        int count,
        TimeSpan? timeout,
        CommandContext context,
        Func<Communicator?, CommandContext, int> body
    )
    {
        int code = ExitCode.Failed;
        Exception? first = null;
        try
        {
            InProcessRanks.Run(
                count,
                ranks =>
                {
                    try
                    {
                        int own = body(ranks, ContextOf(ranks, context));
                        if (ranks.Rank == 0)
                            code = own;
                    }
                    catch (Exception e) when (ranks.Rank == 0 && e is not CommunicatorException)
                    {
                        first = e;
                        throw;
                    }
                },
                timeout
            );
        }
        catch (CommunicatorException e) when ((first ?? Plain(e)) is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }

        return code;
    }

    // What needs no rank: what all say of a command or configuration.
    private static Exception? Plain(CommunicatorException error) =>
        error.InnerException is UsageException or ConfigurationException or GraphException or RunFolderException
            ? error.InnerException
            : null;

    private static CommandContext ContextOf(Communicator ranks, CommandContext context)
    {
        if (ranks.Rank == 0)
            return context;
        var silent = CleanWriter.Over(TextWriter.Null);
        return context with { Out = silent, Error = silent, Json = false, Progress = ProgressView.For(silent) };
    }
}
