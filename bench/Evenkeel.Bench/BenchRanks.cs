using Evenkeel.Mpi;
using Evenkeel.Ranks;

namespace Evenkeel.Bench;

/// <summary>Ranks of a measurement: the processes of a launcher where one has started this, or else threads.</summary>
internal static class BenchRanks
{
    // A rank waits while the first one measures alone.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Whether this process is the one that prints.</summary>
    public static bool IsFirst => Launcher.Find() is null or { Rank: 0 };

    /// <summary>Runs a measurement on two ranks, or as many as there are processes; once per process.</summary>
    /// <param name="body">What each rank does; what others than the first print is lost.</param>
    public static void Run(TextWriter output, Action<Communicator, TextWriter> body)
    {
        if (Launcher.Find() is { Size: > 1 })
            MpiRanks.Run(Measure);
        else
            InProcessRanks.Run(2, Measure);

        void Measure(Communicator ranks)
        {
            ranks.Timeout = Patience;
            body(ranks, ranks.Rank == 0 ? output : TextWriter.Null);
        }
    }
}
