using System.Globalization;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Tests.Runs;

/// <summary>The report of a run whose log is long.</summary>
public sealed class LongRunReportTests : IDisposable
{
    private const int Points = 512;
    private readonly Workspace _work = new();
    private readonly RunFiles _files;

    public LongRunReportTests() => _files = new RunFiles(_work.Train("run"));

    [Fact]
    public void Memory_does_not_grow_with_the_log()
    {
        // Both fill all points of a chart, each with as many values.
        const int Short = 32 * Points,
            Long = 1024 * Points;
        WriteLog(Short);
        // What is made once, such as buffers that are used again.
        RunReport.Write(_files, "");
        long few = Allocated();
        WriteLog(Long);
        long many = Allocated();
        // A value that is kept takes 8 bytes. The two reports differ by the digits of their steps and by buffers that were not given back yet.
        Assert.InRange(many - few, long.MinValue, 4 * (Long - Short));
    }

    [Fact]
    public void Points_are_means_with_a_band_and_evaluations_stay_as_they_were()
    {
        const int Steps = 32 * Points;
        WriteLog(Steps);
        RunReport.Write(_files, "");
        ReportSpec report = ReportJson.Read(File.ReadAllText(_files.PageData));
        FigureSpec figure = report.Figures[0];
        Assert.Contains("the line is their mean", figure.Caption, StringComparison.Ordinal);
        SeriesSpec loss = figure.Charts[0].Series[0];
        Assert.Equal(Enumerable.Range(1, Points).Select(i => 32.0 * i), loss.X);
        // A loss is its step, and 32 of them share a point.
        Assert.Equal(loss.X.Select(step => step - 15.5), loss.Y);
        Assert.Equal(loss.X.Select(step => step - 31), loss.Lower);
        Assert.Equal(loss.X, loss.Upper);
        TableSpec table = Assert.Single(report.Tables, table => table.Title == "Evaluations");
        Assert.InRange(table.Rows.Count, 13, 25);
        Assert.Equal(["16,384", "50.00%", "16384.0000"], table.Rows[^1]);
        Assert.All(
            table.Rows,
            row => Assert.Equal(row[0].Replace(",", "", StringComparison.Ordinal) + ".0000", row[2])
        );
    }

    public void Dispose() => _work.Dispose();

    private long Allocated()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunReport.Write(_files, "");
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Each step has a loss, and is evaluated.
    private void WriteLog(int steps)
    {
        using StreamWriter log = File.CreateText(_files.Metrics);
        for (int step = 1; step <= steps; step++)
        {
            log.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""
                    {"step":{{step}},"loss":{{step}},"learningRate":0.1}
                    {"step":{{step}},"accuracy":0.5,"validationLoss":{{step}}}

                    """
                )
            );
        }
    }
}
