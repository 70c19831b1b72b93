using System.Buffers;
using System.Globalization;
using Evenkeel.Reporting.TensorBoard.Messages;
using Google.Protobuf;

namespace Evenkeel.Reporting.TensorBoard;

/// <summary>
/// Writes an event file that TensorBoard reads while it grows. Messages and buffers are reused: memory stays flat over a run. Once it
/// is open, a disk that fails stops nobody: <see cref="State"/> tells what is not in the file. Not for use from several threads at once.
/// </summary>
public sealed class TensorBoardWriter : IDisposable
{
    private const string FileVersion = "brain.Event:2";
    private const int BufferBytes = 1 << 16;

    private static int filesOfProcess;

    private readonly TimeProvider clock;
    private readonly RecordFile file;
    private readonly MemoryStream frame = new();
    private readonly ArrayBufferWriter<byte> buffer = new(BufferBytes);
    private readonly HistogramBuckets buckets = new();
    private readonly Summary.Types.Value scalar = new();
    private readonly Summary.Types.Value histogram = new() { Histo = new HistogramProto() };
    private readonly Event scalarEvent;
    private readonly Event histogramEvent;

    /// <summary>Begins a new event file in a folder, which is created if needed.</summary>
    /// <param name="folder">The run's folder; TensorBoard's <c>--logdir</c> is this folder or one above it.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TensorBoardWriter(string folder)
        : this(folder, TimeProvider.System) { }

    internal TensorBoardWriter(string folder, TimeProvider clock)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        this.clock = clock;
        scalarEvent = new Event { Summary = new Summary { Value = { scalar } } };
        histogramEvent = new Event { Summary = new Summary { Value = { histogram } } };
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, NewName());
        file = new RecordFile(Path, FileMode.CreateNew);
        Write(new Event { FileVersion = FileVersion });
        Flush();
    }

    /// <summary>The event file.</summary>
    public string Path { get; }

    /// <summary>Which events are in the file, and which are not.</summary>
    public LogState State => file.State;

    /// <summary>Writes one value of a curve.</summary>
    /// <param name="tag">The curve's name; parts before a slash group curves.</param>
    /// <param name="step">The training step.</param>
    /// <param name="value">The value; stored as a 32-bit float, NaN and infinities included.</param>
    public void Scalar(string tag, long step, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        scalar.Tag = tag;
        scalar.SimpleValue = (float)value;
        scalarEvent.Step = step;
        Write(scalarEvent);
    }

    /// <summary>
    /// Writes the distribution of <paramref name="values"/> in TensorBoard's default buckets. Values that are not finite have no
    /// bucket: they are left out and their number is written as the scalar <c>tag/not_finite</c>.
    /// </summary>
    /// <param name="tag">The histogram's name.</param>
    /// <param name="step">The training step.</param>
    /// <param name="values">The values; if none is finite, no histogram is written.</param>
    public void Histogram(string tag, long step, ReadOnlySpan<float> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        buckets.Fill(values);
        if (buckets.Count > 0)
        {
            histogram.Tag = tag;
            buckets.CopyTo(histogram.Histo);
            histogramEvent.Step = step;
            Write(histogramEvent);
        }
        if (buckets.Count < values.Length)
            Scalar(tag + "/not_finite", step, values.Length - buckets.Count);
    }

    /// <summary>Hands what was written to the system, so that TensorBoard sees it and a killed process does not lose it.</summary>
    public void Flush() => file.HandOver();

    /// <summary>Flushes to disk and closes the file.</summary>
    public void Dispose()
    {
        file.Dispose();
        frame.Dispose();
    }

    private void Write(Event message)
    {
        message.WallTime = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        buffer.ResetWrittenCount();
        message.WriteTo(buffer);
        frame.SetLength(0);
        RecordFrame.Write(frame, buffer.WrittenSpan);
        file.Append(frame.GetBuffer().AsSpan(0, (int)frame.Length));
    }

    private string NewName()
    {
        // TensorBoard wants ".tfevents." in the name and reads a folder's files in the order of the seconds in it.
        string seconds = clock.GetUtcNow().ToUnixTimeSeconds().ToString("D10", CultureInfo.InvariantCulture);
        int number = Interlocked.Increment(ref filesOfProcess) - 1;
        return $"events.out.tfevents.{seconds}.{Environment.MachineName}.{Environment.ProcessId}.{number}";
    }
}
