using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Reporting.Tests.Metrics;

public sealed class MetricsLineReaderTests
{
    [Fact]
    public void Lines_of_known_names_allocate_nothing()
    {
        var reader = new MetricsLineReader();
        byte[] line = [.. """{"step":10,"loss":0.5,"rate":"NaN"}"""u8];
        byte[] other = [.. """{"step":10,"accuracy":0.5}"""u8];
        Assert.True(reader.TryRead(line));
        Assert.True(reader.TryRead(other));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            _ = reader.TryRead(other) && reader.TryRead(line);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal((10, 0.5, double.NaN), (reader.Step, reader.Values["loss"], reader.Values["rate"]));
    }

    [Fact]
    public void Names_may_change_from_line_to_line()
    {
        var reader = new MetricsLineReader();
        Assert.True(reader.TryRead("""{"step":1,"a":1,"b":2}"""u8));
        Assert.True(reader.TryRead("""{"b":3,"step":2}"""u8));
        Assert.Equal(2, reader.Step);
        Assert.Equal(new Dictionary<string, double> { ["b"] = 3 }, reader.Values);
        Assert.True(reader.TryRead("""{"step":3,"a":4,"c":5,"d":6}"""u8));
        Assert.Equal(["a", "c", "d"], reader.Values.Keys);
    }

    [Fact]
    public void Long_and_escaped_names_are_read_as_well()
    {
        var reader = new MetricsLineReader();
        for (int length = 250; length < 260; length++)
        {
            string name = new('ü', length / 2);
            Assert.True(reader.TryRead(System.Text.Encoding.UTF8.GetBytes($$"""{"{{name}}":1,"step":2,"\u0061":3}""")));
            Assert.Equal([name, "a"], reader.Values.Keys);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"a":1}""")]
    [InlineData("{\"step\":1,\"a\":")]
    [InlineData("""{"step":1,"a":"x"}""")]
    [InlineData("""{"step":1.5}""")]
    [InlineData("""{"step":1}{}""")]
    [InlineData("""[1]""")]
    public void What_is_no_line_is_told(string text)
    {
        var reader = new MetricsLineReader();
        Assert.True(reader.TryRead("""{"step":1,"a":1}"""u8));
        Assert.False(reader.TryRead(System.Text.Encoding.UTF8.GetBytes(text)));
    }
}
