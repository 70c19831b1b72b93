using System.Globalization;

namespace Evenkeel.Bench;

/// <summary>
/// What two threads of this machine cost each other. The processors of a virtual machine move: for a while they share a cache, then they do not, and at
/// times they are halves of one core. So several samples are taken, beside which results of two threads are to be read.
/// </summary>
internal static class SharedLinesBench
{
    private const int Samples = 12;

    /// <summary>Prints a row for each sample, the fastest exchange first.</summary>
    public static void Run(TextWriter output)
    {
        double alone = MachineLimits.Operations(1);
        List<(double Trip, double Own, double Written, double Read, double Both)> samples = [];
        for (int i = 0; i < Samples; i++)
        {
            var pair = new ThreadPair();
            double trip = pair.RoundTrip();
            samples.Add(
                (
                    trip,
                    pair.Write(_ => 0),
                    pair.Write(ThreadPair.AddOne),
                    pair.Write(ThreadPair.Sum),
                    MachineLimits.Operations(2) / alone
                )
            );
        }

        output.WriteLine(
            "| a line there and back, ns | a line of one's own written, ns | one that the other thread wrote | one that it read | arithmetic of two threads over one |"
        );
        output.WriteLine("|---|---|---|---|---|");
        foreach (var s in samples.OrderBy(s => s.Trip))
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {s.Trip:F0} | {s.Own:F1} | {s.Written:F1} | {s.Read:F1} | {s.Both:F2} |"
                )
            );
    }
}
