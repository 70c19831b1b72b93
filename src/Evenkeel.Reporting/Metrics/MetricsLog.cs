using System.Buffers;
using System.Text.Json;

namespace Evenkeel.Reporting.Metrics;

/// <summary>
/// Appends to a <c>metrics.jsonl</c>: one JSON object per line with the step and the values of that step. Not for use from several
/// threads at once.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private const int BufferBytes = 1 << 16;

    /// <summary>How long a line may wait before it is handed to the system, unless said otherwise.</summary>
    public static readonly TimeSpan DefaultCadence = TimeSpan.FromSeconds(2);

    private readonly FileStream stream;
    private readonly TimeSpan cadence;
    private readonly TimeProvider clock;
    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter json;
    private long lastFlush;

    private MetricsLog(FileStream stream, TimeSpan cadence, TimeProvider clock, long lastStep)
    {
        this.stream = stream;
        this.cadence = cadence;
        this.clock = clock;
        LastStep = lastStep;
        json = new Utf8JsonWriter(buffer);
        lastFlush = clock.GetTimestamp();
    }

    /// <summary>The step of the last line, or -1 before the first.</summary>
    public long LastStep { get; private set; }

    /// <summary>Begins an empty log, replacing an older one.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="cadence">How long a line may wait before it is handed to the system; <see cref="DefaultCadence"/> if null.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricsLog Create(string path, TimeSpan? cadence = null) =>
        Create(path, cadence ?? DefaultCadence, TimeProvider.System);

    /// <summary>
    /// Goes on with a log: lines of steps after <paramref name="step"/>, which the resumed run will write again, and a torn last line
    /// are removed. A file that does not exist is begun.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="step">The step of the checkpoint from which the run goes on.</param>
    /// <param name="cadence">How long a line may wait before it is handed to the system; <see cref="DefaultCadence"/> if null.</param>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the file is left as it is.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricsLog Resume(string path, long step, TimeSpan? cadence = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferBytes);
        try
        {
            long last = -1;
            long kept = MetricsScan.Run(
                path,
                stream,
                row =>
                {
                    if (row.Step > step)
                        return false;
                    last = row.Step;
                    return true;
                }
            );
            stream.SetLength(kept);
            stream.Position = kept;
            return new MetricsLog(stream, cadence ?? DefaultCadence, TimeProvider.System, last);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    internal static MetricsLog Create(string path, TimeSpan cadence, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
        return new MetricsLog(stream, cadence, clock, -1);
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
                throw new ArgumentException($"'{name}' is no name for a value", nameof(values));
        }
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        MetricsLine.Write(json, step, values);
        json.Flush();
        buffer.GetSpan(1)[0] = (byte)'\n';
        buffer.Advance(1);
        stream.Write(buffer.WrittenSpan);
        LastStep = step;
        if (clock.GetElapsedTime(lastFlush) >= cadence)
            HandOver();
    }

    /// <summary>Flushes to disk: what was appended survives a power cut. Call it before a checkpoint is written.</summary>
    public void Flush()
    {
        stream.Flush(flushToDisk: true);
        lastFlush = clock.GetTimestamp();
    }

    /// <summary>Flushes to disk and closes the file.</summary>
    public void Dispose()
    {
        if (!stream.CanWrite)
            return;
        Flush();
        stream.Dispose();
        json.Dispose();
    }

    private void HandOver()
    {
        stream.Flush();
        lastFlush = clock.GetTimestamp();
    }
}
