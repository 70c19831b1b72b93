using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Evenkeel.Cli.Terminal;

/// <summary>Progress as one live line of a terminal: bar, count, rate, time left, values.</summary>
internal sealed class LiveProgress(IAnsiConsole console) : ProgressView
{
    private const int WidthOfText = 80;
    private const int ShortestBar = 8;
    private const int LongestBar = 30;

    public override T Follow<T>(string title, string unit, long start, long total, Func<ProgressTask, T> body)
    {
        LiveTask? task = null;
        return console
            .Progress()
            .HideCompleted(false)
            .AutoClear(false)
            .Columns([
                new TaskDescriptionColumn { Alignment = Justify.Left },
                Bar(),
                new TextColumn(() => task?.Line ?? ""),
            ])
            .Start(context =>
            {
                task = new LiveTask(
                    context.AddTask(Markup.Escape(title), maxValue: Math.Max(total, 1)),
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

    // The numbers matter more than the bar: on a narrow terminal a percentage stands in its place.
    private ProgressColumn Bar()
    {
        int left = console.Profile.Width - WidthOfText;
        return left < ShortestBar
            ? new PercentageColumn()
            : new ProgressBarColumn { Width = Math.Min(left, LongestBar) };
    }

    public override void Note(string line) => console.WriteLine(line);

    private sealed class LiveTask(Spectre.Console.ProgressTask bar, string title, string unit, long start, long total)
        : ProgressTask(title, unit, start, total)
    {
        private static readonly TimeSpan Cadence = TimeSpan.FromMilliseconds(100);
        private long _shown;

        public string Line { get; private set; } = "";

        public override bool IsDue => Done + 1 >= Total || _shown == 0 || Stopwatch.GetElapsedTime(_shown) >= Cadence;

        public void Refresh()
        {
            string left = Done < Total ? $"  {Text(Left)} left" : "";
            string detail = Detail.Length > 0 ? $"  {Detail}" : "";
            Line = $"{Done}/{Total}  {RateText()}{left}{detail}";
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

    private sealed class TextColumn(Func<string> text) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(
            RenderOptions options,
            Spectre.Console.ProgressTask task,
            TimeSpan deltaTime
        ) => new Text(text()) { Overflow = Overflow.Ellipsis };
    }
}
