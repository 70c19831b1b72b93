namespace Evenkeel.Testing.Torture;

/// <summary>The threads of this process that Evenkeel started, by their names; Linux lists them.</summary>
public static class OwnThreads
{
    private const string Tasks = "/proc/self/task";

    /// <summary>Whether they can be counted here.</summary>
    public static bool CanCount => Directory.Exists(Tasks);

    /// <summary>How many there are; 0 where they cannot be counted.</summary>
    public static int Count() =>
        CanCount
            ? Directory.GetDirectories(Tasks).Count(t => Name(t).StartsWith("evenkeel", StringComparison.Ordinal))
            : 0;

    /// <summary>Collects until no more than so many are left, for some seconds at most; gives how many are.</summary>
    /// <param name="most">As many may stay.</param>
    public static int Settle(int most)
    {
        for (int i = 0; i < 200 && Count() > most; i++)
            Collect();
        return Count();
    }

    /// <summary>Collects until a while passes in which none ends; gives how many are left, whose owners live.</summary>
    public static int Settle()
    {
        int least = Count();
        for (int i = 0; i < 10 && least > 0; i++)
        {
            Collect();
            if (Count() is var count && count < least)
                (least, i) = (count, 0);
        }

        return least;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(20);
    }

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }
}
