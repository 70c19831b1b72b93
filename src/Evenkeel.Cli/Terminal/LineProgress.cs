using System.Diagnostics;
using System.Globalization;

namespace Evenkeel.Cli.Terminal;

/// <summary>Progress as plain lines, for files and pipes: one at most every ten seconds, and one at the end.</summary>
internal sealed class LineProgress(TextWriter writer) : ProgressView
{
    private static readonly TimeSpan Cadence = TimeSpan.FromSeconds(10);

    public override T Follow<T>(string title, string unit, long start, long total, Func<ProgressTask, T> body)
    {
        var task = new LineTask(writer, title, unit, start, total);
        try
        {
            return body(task);
        }
        finally
        {
            task.Finish();
        }
    }

    public override void Note(string line) => writer.WriteLine(line);

    private sealed class LineTask(TextWriter writer, string title, string unit, long start, long total)
        : ProgressTask(title, unit, start, total)
    {
        private long _shown = Stopwatch.GetTimestamp();
        private long _shownDone = -1;

        // The last one is always shown.
        public override bool IsDue => Done + 1 >= Total || Stopwatch.GetElapsedTime(_shown) >= Cadence;

        public void Finish()
        {
            if (Done > _shownDone)
                Write();
        }

        protected override void Show()
        {
            if (Done >= Total || Stopwatch.GetElapsedTime(_shown) < Cadence)
                return;
            Write();
            _shown = Stopwatch.GetTimestamp();
        }

        private void Write()
        {
            _shownDone = Done;
            string left = LeftText() is { Length: > 0 } text ? $", {text}" : "";
            string detail = Detail.Length > 0 ? $", {Detail}" : "";
            writer.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Title}: {Done}/{Total} {Unit} ({(Total > 0 ? 100.0 * Done / Total : 100):F0}%), {RateText()}{left}{detail}"
                )
            );
            writer.Flush();
        }
    }
}
