using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Evenkeel.Cli.Terminal;

/// <summary>Progress as one live line of a terminal: bar, count, rate, time left, values.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : ProgressView
{
    public override T Follow<T>(string title, string unit, long start, long total, Func<ProgressTask, T> body)
    {
        LiveTask? task = null;
        return console
            .Progress()
            .HideCompleted(false)
            .AutoClear(false)
            .Columns([new LineColumn(() => task?.Line(console.Profile.Width - 1))])
            .Start(context =>
            {
                task = new LiveTask(
                    context.AddTask(Markup.Escape(CleanText.Of(title)), maxValue: Math.Max(total, 1)),
                    title,
                    unit,
                    start,
                    total
                );
                task.Report(start);
                T result = body(task);
                task.Refresh();
                return result;
            });
    }

    public override void Note(string line) => console.WriteLine(CleanText.Line(line));

    private sealed class LiveTask(Spectre.Console.ProgressTask bar, string title, string unit, long start, long total)
        : ProgressTask(title, unit, start, total)
    {
        private static readonly TimeSpan Cadence = TimeSpan.FromMilliseconds(100);
        private long _shown;
        private Texts _texts = new("", "", "", "", "");

        public override bool IsDue => Done + 1 >= Total || _shown == 0 || Stopwatch.GetElapsedTime(_shown) >= Cadence;

        // Drawn by another thread than the one at work: one reference is read once.
        public ProgressLine Line(int width)
        {
            Texts t = _texts;
            return ProgressLine.Fit(
                Title,
                bar.Value / bar.MaxValue,
                t.Count,
                t.Rate,
                t.Left,
                t.Detail,
                Math.Max(width, 1),
                t.Curve
            );
        }

        public void Refresh()
        {
            _texts = new Texts($"{Done}/{Total}", RateText(), LeftText(), Detail, $"{Curve}");
            bar.Value = Total > 0 ? Done : 1;
        }

        protected override void Show()
        {
            if (Done < Total && _shown != 0 && Stopwatch.GetElapsedTime(_shown) < Cadence)
                return;
            _shown = Stopwatch.GetTimestamp();
            Refresh();
        }
    }

    private sealed record Texts(string Count, string Rate, string Left, string Detail, string Curve);

    private sealed class LineColumn(Func<ProgressLine?> line) : ProgressColumn
    {
        private static readonly Style Done = new(Color.Yellow);
        private static readonly Style Finished = new(Color.Green);
        private static readonly Style Left = new(Color.Grey);

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, Spectre.Console.ProgressTask task, TimeSpan deltaTime)
        {
            if (line() is not { } shown)
                return new Text("");
            return new Paragraph()
                .Append(shown.Before)
                .Append(new string('━', shown.Filled), shown.Empty == 0 ? Finished : Done)
                .Append(new string('─', shown.Empty), Left)
                .Append(shown.After)
                .Overflow(Overflow.Ellipsis);
        }
    }
}
