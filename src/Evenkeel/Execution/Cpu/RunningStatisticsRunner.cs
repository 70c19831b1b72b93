using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Cpu;

internal static class RunningStatisticsRunner
{
    /// <summary>Updates a layer's running statistics from the batch just seen, all channels or none.</summary>
    public static void Commit(CommitRunningStatistics s, CpuContext c)
    {
        int count = c.Batch * s.Site.Positions;
        if (count == 0)
            return;
        var statistics = new RunningStatistics(
            c.Floats(s.RunningMean),
            c.Floats(s.RunningVariance),
            c.Longs(s.BatchesTracked)
        );
        if (!statistics.TryUpdate(s.Site.Convention, count, c.Doubles(s.Mean), c.Doubles(s.Variance)))
            c.RefusedCommits++;
    }
}
