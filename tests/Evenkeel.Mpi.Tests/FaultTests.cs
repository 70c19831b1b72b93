using Evenkeel.RankProgram;
using Evenkeel.Ranks;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>What goes wrong on one rank ends all of them soon, with a line that says what it was.</summary>
public sealed class FaultTests
{
    private const double MostSeconds = 40;
    private const int Killed = 128 + 9;

    public static TheoryData<string> Families => [.. MpiFamily.All.Keys];

    public static TheoryData<string, string> Signals =>
        [
            .. from family in MpiFamily.All.Keys
            // As users have it, and with UCX told to take these signals: the runtime gets them back.
            from signals in (string?[])[null, "SIGILL,SIGSEGV,SIGBUS,SIGFPE"]
            select (family, signals),
        ];

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_null_dereference_is_an_exception(string family, string? signals)
    {
        Outcome outcome = MpiLauncher.Start(family, 2, "null", signals is null ? [] : [("UCX_ERROR_SIGNALS", signals)]);
        Assert.True(outcome.Code == 0, outcome.ToString());
        Assert.Equal(
            2,
            outcome.Lines.Count(line => line.EndsWith("caught NullReferenceException", StringComparison.Ordinal))
        );
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_exception_ends_all(string family) =>
        Ends(MpiLauncher.Start(family, 3, "throw"), 1, "rank 2 of 3 failed: no weights for layer 7");

    [Theory]
    [MemberData(nameof(Families))]
    public void A_rank_that_does_not_come_ends_all(string family) =>
        Ends(
            MpiLauncher.Start(family, 2, "late"),
            1,
            "rank 1 has not reached step 1207, exchange of gradients 2 of 3, for 1 s; it is still in step 1206"
        );

    [Theory]
    [MemberData(nameof(Families))]
    public void Ranks_that_wait_for_each_other_are_told_where_the_other_is(string family) =>
        Ends(
            MpiLauncher.Start(family, 2, "apart"),
            1,
            "rank 1 has not reached step 5, exchange of the loss, for 1 s; it waits in step 4, exchange of gradients"
        );

    [Theory]
    [MemberData(nameof(Families))]
    public void A_patient_rank_waits_for_one_that_answers(string family)
    {
        Outcome outcome = MpiLauncher.Start(family, 2, "patient");
        Assert.True(outcome.Code == 0, outcome.ToString());
        Assert.Equal(2, outcome.Lines.Count(line => line.EndsWith("waited", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_rank_that_leaves_answers_until_all_leave(string family)
    {
        Outcome outcome = MpiLauncher.Start(family, 3, "leave");
        Assert.True(outcome is { Code: 0, Error: "" }, outcome.ToString());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Another_thread_ends_all(string family) =>
        Ends(MpiLauncher.Start(family, 2, "abort"), 7, "rank 0 watched long enough");

    [Theory]
    [MemberData(nameof(Families))]
    public void An_error_of_the_library_is_a_line(string family) =>
        Ends(MpiLauncher.Start(family, 2, "differ"), 1, "rank 1 of 2 failed: swap with rank 0: ");

    [Theory]
    [InlineData("Open MPI", "libmpich.so.12")]
    [InlineData("MPICH", "libmpi.so.40")]
    public void A_library_that_is_not_the_launchers_is_refused(string family, string library)
    {
        Assert.SkipWhen(MpiFamily.All.Values.Any(l => l.Command is null), "not both libraries are installed");
        Outcome outcome = MpiLauncher.Start(family, 2, "null", ("EVENKEEL_MPI", library));
        // MPICH 5 looks for itself, and ends in its start.
        Assert.Matches(
            "the library is not that of the launcher; name the right one in EVENKEEL_MPI|unsupported PMI version PMIx",
            outcome.Error
        );
        Assert.True(outcome.Code != 0, outcome.ToString());
    }

    [Fact]
    public void Without_a_library_one_line_says_what_to_install()
    {
        Outcome outcome = MpiLauncher.StartAlone("null", ("EVENKEEL_MPI", "libnone.so.1"));
        Says(
            outcome,
            1,
            "no MPI library: libnone.so.1 cannot be opened; install one, such as Debian's openmpi-bin or mpich"
        );
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("libc.so.6")]
    public void A_file_that_is_no_MPI_library_is_named(string library) =>
        Says(MpiLauncher.StartAlone("null", ("EVENKEEL_MPI", library)), 1, $"{library} has no MPI_Error_string");

    [Theory]
    [InlineData("throw", 1, "rank 2 of 3 failed: no weights for layer 7")]
    [InlineData("late", 1, "rank 2 has not reached the barrier for 1 s")]
    [InlineData("abort", 7, "rank 0 watched long enough")]
    [InlineData("differ", 1, "rank 1 expects 16 bytes, rank 0 sends 32")]
    public void Threads_end_together(string what, int code, string line)
    {
        Action<Communicator> body = what switch
        {
            "throw" => Faults.ThrowOnLast,
            "late" => ranks =>
            {
                // The first of those that wait is to be known.
                if (ranks.Rank == 1)
                    Thread.Sleep(300);
                ranks.Timeout = TimeSpan.FromSeconds(1);
                if (ranks.Rank < 2)
                    ranks.Barrier();
            },
            "abort" => Faults.AbortFromAnotherThread,
            _ => Faults.SendTooMuch,
        };
        var error = Assert.Throws<CommunicatorException>(() => InProcessRanks.Run(3, body, TimeSpan.FromSeconds(10)));
        Assert.Equal((code, line), (error.Code, error.Message));
    }

    [Fact]
    public void Threads_that_do_different_things_are_named()
    {
        var error = Assert.Throws<CommunicatorException>(() =>
            InProcessRanks.Run(
                2,
                ranks =>
                {
                    if (ranks.Rank == 0)
                        ranks.Broadcast<byte>(new byte[4]);
                    else
                        ranks.Barrier();
                }
            )
        );
        Assert.Equal("rank 1 is in barrier of 0 bytes, rank 0 in broadcast of 4 bytes", error.Message);
    }

    // One rank says it, and nothing but what launchers add is there besides.
    private static void Ends(Outcome outcome, int code, string line)
    {
        Says(outcome, code, line);
        Assert.Single(outcome.Error.Split('\n'), said => said.StartsWith("rank", StringComparison.Ordinal));
    }

    private static void Says(Outcome outcome, int code, string line)
    {
        Assert.Contains(line, outcome.Error, StringComparison.Ordinal);
        // SLURM kills the other ranks, and says that in place of the code.
        Assert.True(outcome.Code == code || outcome.Code == Killed, outcome.ToString());
        Assert.True(outcome.Took.TotalSeconds < MostSeconds, outcome.ToString());
    }
}
