using System.Buffers;
using System.Text.Json;

namespace Evenkeel.Reporting.Metrics;

/// <summary>
/// Appends to a <c>metrics.jsonl</c>: one JSON object per line with the step and the values of that step. Once it is open, a disk that
/// fails stops nobody: <see cref="State"/> tells what is not in the file. Not for use from several threads at once.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    /// <summary>How long a line may wait before it is handed to the system, unless said otherwise.</summary>
    public static readonly TimeSpan DefaultCadence = TimeSpan.FromSeconds(2);

    private readonly RecordFile file;
    private readonly TimeSpan cadence;
    private readonly TimeProvider clock;
    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter json;
    private long lastFlush;

    private MetricsLog(RecordFile file, TimeSpan cadence, TimeProvider clock, long lastStep)
    {
        this.file = file;
        this.cadence = cadence;
        this.clock = clock;
        LastStep = lastStep;
        json = new Utf8JsonWriter(buffer);
        lastFlush = clock.GetTimestamp();
    }

    /// <summary>The step of the last line, or -1 before the first.</summary>
    public long LastStep { get; private set; }

    /// <summary>Which lines are in the file, and which are not.</summary>
    public LogState State => file.State;

    /// <summary>Begins an empty log, replacing an older one.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="cadence">How long a line may wait before it is handed to the system; <see cref="DefaultCadence"/> if null.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricsLog Create(string path, TimeSpan? cadence = null) =>
        Create(path, cadence ?? DefaultCadence, TimeProvider.System);

    /// <summary>
    /// Goes on with a log: lines of steps after <paramref name="step"/>, which the resumed run will write again, and a torn last line are
    /// removed. A file that does not exist is begun.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="step">The step of the checkpoint from which the run goes on.</param>
    /// <param name="cadence">How long a line may wait before it is handed to the system; <see cref="DefaultCadence"/> if null.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the file is not changed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricsLog Resume(string path, long step, TimeSpan? cadence = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long last = -1;
        long kept;
        using (var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read))
        {
            kept = MetricsScan.Run(
                path,
                stream,
                (at, _) =>
                {
                    if (at > step)
                        return false;
                    last = at;
                    return true;
                }
            );
        }

        var file = new RecordFile(path, FileMode.Open, kept);
        return new MetricsLog(file, cadence ?? DefaultCadence, TimeProvider.System, last);
    }

    internal static MetricsLog Create(string path, TimeSpan cadence, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new MetricsLog(new RecordFile(path, FileMode.Create), cadence, clock, -1);
    }

    /// <summary>Appends one line.</summary>
    /// <param name="step">The training step; not less than that of the line before.</param>
    /// <param name="values">The values by name; "step" is no name for a value.</param>
    /// <exception cref="ArgumentException">The step goes back, or a value is called "step".</exception>
    public void Append(long step, params ReadOnlySpan<(string Name, double Value)> values)
    {
        if (step < LastStep)
            throw new ArgumentException(
                $"step {step} comes after step {LastStep}; resume the log to go back",
                nameof(step)
            );
        foreach ((string name, _) in values)
        {
            if (name is null or "step")
                throw new ArgumentException($"'{name}' is not a valid name for a value", nameof(values));
        }
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        MetricsLine.Write(json, step, values);
        json.Flush();
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        file.Append(buffer.WrittenSpan);
        LastStep = step;
        if (clock.GetElapsedTime(lastFlush) >= cadence)
            HandOver();
    }

    /// <summary>Flushes to disk: what was appended survives a power cut. Call it before a checkpoint is written.</summary>
    public void Flush()
    {
        file.Flush();
        lastFlush = clock.GetTimestamp();
    }

    /// <summary>Flushes to disk and closes the file.</summary>
    public void Dispose()
    {
        file.Dispose();
        json.Dispose();
    }

    private void HandOver()
    {
        file.HandOver();
        lastFlush = clock.GetTimestamp();
    }
}
