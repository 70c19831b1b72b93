using System.Runtime.CompilerServices;
using Evenkeel.Ranks;

namespace Evenkeel.RankProgram;

/// <summary>What goes wrong on one rank while the others wait for it.</summary>
internal static class Faults
{
    public static void DereferenceNull(Communicator ranks)
    {
        ranks.Barrier();
        string caught = "nothing";
        try
        {
            caught = LengthOf(null!).ToString();
        }
        catch (NullReferenceException e)
        {
            caught = e.GetType().Name;
        }

        ranks.Barrier();
        Console.WriteLine($"rank {ranks.Rank} caught {caught}");
    }

    public static void ThrowOnLast(Communicator ranks)
    {
        ranks.Barrier();
        if (ranks.Rank == ranks.Size - 1)
            throw new InvalidOperationException("no weights for layer 7");
        ranks.Barrier();
    }

    public static void StayAwayOnLast(Communicator ranks)
    {
        ranks.Barrier();
        ranks.Timeout = TimeSpan.FromSeconds(1);
        (ranks.Step, ranks.Purpose) = (1206, "exchange of gradients 2 of 3");
        if (ranks.Rank == ranks.Size - 1)
            Thread.Sleep(TimeSpan.FromMinutes(1));
        ranks.Step = 1207;
        ranks.Barrier();
    }

    public static void WaitForEachOther(Communicator ranks)
    {
        ranks.Barrier();
        // The first one is to tell.
        ranks.Timeout = TimeSpan.FromSeconds(ranks.Rank == 0 ? 1 : 20);
        (ranks.Step, ranks.Purpose) = ranks.Rank == 0 ? (5, "exchange of the loss") : (4, "exchange of gradients");
        if (ranks.Rank < 2)
            ranks.SendReceive<float>([], new float[4], 1 - ranks.Rank);
        ranks.Barrier();
    }

    public static void StayAwayFromThePatient(Communicator ranks)
    {
        (ranks.Timeout, ranks.Patient) = (TimeSpan.FromMilliseconds(200), true);
        if (ranks.Rank == ranks.Size - 1)
            Thread.Sleep(TimeSpan.FromSeconds(1));
        ranks.Barrier();
        Console.WriteLine($"rank {ranks.Rank} waited");
    }

    /// <summary>The others ask all the time where the last one is, also while it leaves.</summary>
    public static void ReturnLateOnLast(Communicator ranks)
    {
        ranks.Timeout = TimeSpan.FromMilliseconds(1);
        if (ranks.Rank == ranks.Size - 1)
            Thread.Sleep(300);
    }

    public static void AbortFromAnotherThread(Communicator ranks)
    {
        if (ranks.Rank == 0)
            new Thread(() =>
            {
                Thread.Sleep(200);
                try
                {
                    ranks.Abort(7, "rank 0 watched long enough");
                }
                catch (CommunicatorException)
                {
                    // Threads of one process hear of it where they wait.
                }
            }).Start();
        else
            Thread.Sleep(TimeSpan.FromSeconds(5));
        ranks.Barrier();
    }

    public static void SendTooMuch(Communicator ranks)
    {
        if (ranks.Rank == 0)
            ranks.SendReceive<float>(new float[8], [], 1);
        else if (ranks.Rank == 1)
            ranks.SendReceive<float>([], new float[4], 0);
        ranks.Barrier();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string text) => text.Length;
}
