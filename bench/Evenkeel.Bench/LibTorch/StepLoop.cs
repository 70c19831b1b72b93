using System.Diagnostics;
using System.Globalization;

namespace Evenkeel.Bench.LibTorch;

/// <summary>
/// Times steps whenever it is asked to: each line read is a number of steps, and the answer is a line of JSON. So two processes that wait for
/// each other are timed in turns. Compiled into both sides of a comparison, one of which has no Evenkeel: it names nothing of it.
/// </summary>
internal static class StepLoop
{
    // Until the runtime has compiled what it finds to be hot: on two threads a step of ResNet-20 takes 1.3 times as long after one second.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <summary>Warms up, says what it times, and answers until the input ends.</summary>
    /// <param name="name">The system and its version.</param>
    /// <param name="parameters">Learned values of the network.</param>
    /// <param name="step">A training step.</param>
    public static void Serve(string name, long parameters, Action step, TextReader input, TextWriter output)
    {
        // Two steps at least: the first reserves memory.
        long began = Stopwatch.GetTimestamp();
        for (int done = 0; done < 2 || Stopwatch.GetElapsedTime(began) < WarmUp; done++)
            step();
        output.WriteLine($$"""{"name":"{{name}}","parameters":{{parameters}}}""");
        while (input.ReadLine() is { } line)
            output.WriteLine(Time(step, int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture)));
    }

    private static string Time(Action step, int steps)
    {
        long faults = PageFaults(),
            began = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            step();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds / steps;
        double faulted = (double)(PageFaults() - faults) / steps;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"seconds":{{seconds}},"page_faults":{{faulted}},"peak_mb":{{PeakMegabytes()}}}"""
        );
    }

    // Faults that were served from memory, of all threads: the tenth field, the eighth behind the program's name in brackets.
    private static long PageFaults()
    {
        string line = File.ReadAllText("/proc/self/stat");
        return long.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
    }

    // The most that was resident so far.
    private static long PeakMegabytes()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(
                line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            ) / 1024;
    }
}
