using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>Ranks that are processes, on one machine or many: started by mpirun, mpiexec or srun, or one alone without any.</summary>
public static class MpiRanks
{
    /// <summary>
    /// Joins the other processes, runs <paramref name="body"/> as one rank of them, and leaves with them. An exception ends all processes:
    /// one line on standard error names the rank and the cause, and each exits with a code that is not 0. Once per process.
    /// </summary>
    /// <param name="body">What each rank does.</param>
    /// <param name="library">
    /// The file of the MPI library; null for what EVENKEEL_MPI names, or else the first that is found of Open MPI, MPICH and its relatives,
    /// and libraries of the standard ABI.
    /// </param>
    /// <param name="report">Writes the line that says why all end; null for standard error.</param>
    /// <exception cref="CommunicatorException">
    /// There is no MPI library, or not the launcher's: processes that were started together do not see each other.
    /// </exception>
    public static void Run(Action<Communicator> body, string? library = null, Action<string>? report = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var launcher = Launcher.Find();
        MpiLibrary? mpi = null;
        SignalHandlers.Keep(() =>
        {
            mpi = MpiLibrary.Open(library, launcher);
            mpi.Start();
        });
        var communicator = new MpiCommunicator(mpi!, report ?? Console.Error.WriteLine);
        communicator.RequireThoseOf(launcher);
        try
        {
            body(communicator);
            communicator.Part();
        }
        catch (Exception e)
        {
            var cause = CommunicatorException.Of(communicator.Rank, communicator.Size, e);
            communicator.Abort(cause.Code, cause.Message);
        }

        communicator.Dispose();
        // Nobody has anything to do but this, so whoever still waits here waits for a process that is gone.
        using var guard = new Timer(
            _ => Environment.Exit(1),
            null,
            MpiCommunicator.LongestEnd,
            Timeout.InfiniteTimeSpan
        );
        mpi!.Finish();
    }
}
