using Evenkeel.Reporting.TensorBoard;
using Evenkeel.Testing;

namespace Evenkeel.Reporting.Tests.TensorBoard;

public sealed class TensorBoardWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Scalars_and_histograms_come_back()
    {
        var clock = new StillClock();
        string path;
        using (var writer = new TensorBoardWriter(folder.File("run/tb"), clock))
        {
            path = writer.Path;
            writer.Scalar("test/accuracy", 7, 0.25);
            clock.Now += TimeSpan.FromSeconds(1.5);
            writer.Histogram("bn1/gamma", 1L << 40, [1f, 2f, -4f]);
            writer.Scalar("loss", 8, double.NaN);
        }
        Assert.StartsWith("events.out.tfevents.1423612800.", Path.GetFileName(path));
        List<WireReader.Field>[] events = [.. WireReader.Records(File.ReadAllBytes(path)).Select(WireReader.Fields)];
        Assert.Equal(4, events.Length);
        Assert.Equal("brain.Event:2", One(events[0], 3).Text);
        Assert.Equal(1_423_612_800, One(events[0], 1).Double);
        Assert.Equal(7ul, One(events[1], 2).Bits);
        List<WireReader.Field> scalar = Value(events[1]);
        Assert.Equal("test/accuracy", One(scalar, 1).Text);
        Assert.Equal(0.25f, One(scalar, 2).Single);
        Assert.Equal(1_423_612_801.5, One(events[2], 1).Double);
        Assert.Equal(1ul << 40, One(events[2], 2).Bits);
        List<WireReader.Field> histogram = One(Value(events[2]), 5).Message;
        Assert.Equal([-4, 2, 3, -1, 21], Enumerable.Range(1, 5).Select(n => One(histogram, n).Double));
        Assert.Equal(3, One(histogram, 7).Doubles.Sum());
        Assert.Equal(One(histogram, 6).Doubles.Length, One(histogram, 7).Doubles.Length);
        Assert.True(float.IsNaN(One(Value(events[3]), 2).Single));
    }

    [Fact]
    public void Scalars_allocate_nothing()
    {
        using var writer = new TensorBoardWriter(folder.Path);
        int step = 0;
        // Few enough that the file is not asked for more room meanwhile.
        Assert.Equal(0, Allocations.Least(() => writer.Scalar("loss", step++, 0.5)));
    }

    [Fact]
    public void A_scalar_of_zero_is_written()
    {
        using var writer = new TensorBoardWriter(folder.Path);
        writer.Scalar("loss", 1, 0);
        writer.Flush();
        Assert.Equal(0f, One(Value(WireReader.Fields(Read(writer.Path).Last())), 2).Single);
    }

    [Fact]
    public void What_is_not_finite_is_counted_beside_the_histogram()
    {
        using var writer = new TensorBoardWriter(folder.Path);
        writer.Histogram("w", 1, [float.NaN, float.NegativeInfinity, 1f]);
        writer.Histogram("w", 2, [float.NaN]);
        writer.Histogram("w", 3, []);
        writer.Flush();
        List<WireReader.Field>[] events = [.. Read(writer.Path).Skip(1).Select(WireReader.Fields)];
        Assert.Equal(["w", "w/not_finite", "w/not_finite"], events.Select(e => One(Value(e), 1).Text));
        Assert.Equal([2f, 1f], events.Skip(1).Select(e => One(Value(e), 2).Single));
    }

    [Fact]
    public void A_flushed_file_can_be_read_while_it_is_written()
    {
        using var writer = new TensorBoardWriter(folder.Path);
        Assert.Single(Read(writer.Path));
        for (int step = 0; step < 100; step++)
            writer.Scalar("loss", step, step);
        writer.Flush();
        Assert.Equal(101, Read(writer.Path).Count);
    }

    [Fact]
    public void Two_writers_in_one_folder_write_two_files()
    {
        using var first = new TensorBoardWriter(folder.Path);
        using var second = new TensorBoardWriter(folder.Path);
        Assert.NotEqual(first.Path, second.Path);
    }

    [Fact]
    public void Memory_stays_flat()
    {
        using var writer = new TensorBoardWriter(folder.Path);
        float[] values = [.. Enumerable.Range(-500, 1000).Select(i => i / 100f)];
        void Write(int step)
        {
            writer.Scalar("loss", step, 0.5);
            writer.Histogram("w", step, values);
        }
        for (int step = 0; step < 10; step++)
            Write(step);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 10; step < 1010; step++)
            Write(step);
        long perStep = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        // What the protobuf writer itself may take per message; the histogram alone would be several KB.
        Assert.InRange(perStep, 0, 512);
    }

    private static List<byte[]> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return WireReader.Records(bytes);
    }

    private static List<WireReader.Field> Value(List<WireReader.Field> message) =>
        One(One(message, 5).Message, 1).Message;

    private static WireReader.Field One(List<WireReader.Field> fields, int number) =>
        Assert.Single(fields, field => field.Number == number);
}
