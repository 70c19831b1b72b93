using System.Text;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Serialization;
using Evenkeel.Testing;

namespace Evenkeel.Tests.Serialization;

/// <summary>Files and streams that ask for more than they hold, and networks that ask for more than there is.</summary>
public sealed class HostileSafeTensorsTests
{
    [Theory]
    [InlineData("begins no header", "0123456789", 1 << 17)]
    [InlineData("goes on", "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 1 << 17)]
    public void A_stream_without_an_end_is_read_as_far_as_its_header_says(string what, string header, int most)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        using var stream = new EndlessStream([.. BitConverter.GetBytes((long)text.Length), .. text], [0]);
        Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.FromStream(stream, what));
        Assert.InRange(stream.Given, 1, most);
    }

    [Fact]
    public void A_header_of_more_tensors_than_a_network_has_is_refused_before_they_are_made()
    {
        var text = new StringBuilder("{");
        for (int i = 0; i < 600_000; i++)
            text.Append('"').Append(i).Append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},");
        text[^1] = '}';
        byte[] header = Encoding.UTF8.GetBytes(text.ToString());
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<SafeTensorsException>(() => SafeTensorsReader.FromBytes(file, "many"));
        Assert.Equal("many: the header names more tensors than the limit of 524288", e.Message);
        // The header itself, once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, header.Length + (1 << 20));
    }

    [Fact]
    public void A_plan_of_terabytes_is_refused_with_its_size()
    {
        Graph graph = Network.Input(1 << 20).Relu("r").Build();
        var e = Assert.Throws<GraphException>(() =>
            ExecutionPlan.Build(graph, new PlanOptions(PlanMode.Inference, int.MaxValue))
        );
        Assert.Contains("8,388,608 GiB at a batch of 2147483647", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_more_values_than_an_array_are_refused_with_the_layer()
    {
        var e = Assert.Throws<GraphException>(() => Network.Input(784).Linear(int.MaxValue, name: "wide").Build());
        Assert.Contains("Layer 'wide' (linear) does not fit: weights of 784", e.Message, StringComparison.Ordinal);
    }
}
