using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Normalisation within an example, in the file's order and by its definition.</summary>
public sealed class ExampleNormTests
{
    private const int Channels = 4;
    private const int Height = 3;
    private const int Width = 5;
    private const float Epsilon = 0.01f;

    private static readonly float[] X = Values(Channels * Height * Width, 0.37);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(-3)]
    public void Layers_from_every_axis_on(int axis)
    {
        int from = axis < 0 ? axis + 4 : axis;
        int[] all = [Channels, Height, Width];
        long[] dimensions = [.. all[(from - 1)..].Select(d => (long)d)];
        int count = (int)dimensions.Aggregate((m, n) => m * n);
        float[] scale = Values(count, 0.21),
            shift = Values(count, 0.77);
        AttributeProto[] attributes = [NodeFiles.Set("axis", axis), NodeFiles.Set("epsilon", Epsilon)];
        ModelProto both = NodeFiles
            .Model(17, all, NodeFiles.Node("LayerNormalization", "x scale shift", "y", attributes))
            .With("scale", scale, dimensions)
            .With("shift", shift, dimensions);
        Check(both, i => i / count, i => scale[i % count], i => shift[i % count]);
        ModelProto scaled = NodeFiles
            .Model(17, all, NodeFiles.Node("LayerNormalization", "x scale", "y", attributes))
            .With("scale", scale, dimensions);
        Check(scaled, i => i / count, i => scale[i % count], _ => 0);
    }

    [Fact]
    public void Instances()
    {
        float[] scale = Values(Channels, 0.21),
            shift = Values(Channels, 0.77);
        ModelProto proto = NodeFiles
            .Model(
                6,
                [Channels, Height, Width],
                NodeFiles.Node("InstanceNormalization", "x scale shift", "y", NodeFiles.Set("epsilon", Epsilon))
            )
            .With("scale", scale, Channels)
            .With("shift", shift, Channels);
        Check(proto, Channel, i => scale[Channel(i)], i => shift[Channel(i)]);
    }

    [Theory]
    [InlineData(18, 1, 1)]
    [InlineData(18, 2, 2)]
    [InlineData(18, 4, 4)]
    [InlineData(21, 1, 4)]
    [InlineData(21, 2, 4)]
    public void Groups_with_a_scale_for_each_group_or_channel(int opset, int groups, int scales)
    {
        float[] scale = Values(scales, 0.21),
            shift = Values(scales, 0.77);
        ModelProto proto = NodeFiles
            .Model(
                opset,
                [Channels, Height, Width],
                NodeFiles.Node(
                    "GroupNormalization",
                    "x scale shift",
                    "y",
                    NodeFiles.Set("epsilon", Epsilon),
                    NodeFiles.Set("num_groups", groups)
                )
            )
            .With("scale", scale, scales)
            .With("shift", shift, scales);
        int group(int i) => Channel(i) * groups / Channels;
        int place(int i) => Channel(i) * scales / Channels;
        Check(proto, group, i => scale[place(i)], i => shift[place(i)]);
    }

    [Theory]
    [InlineData("LayerNormalization", 17, "it runs over the batch")]
    [InlineData("GroupNormalization", 21, "4 channels cannot be divided into 3 equal groups")]
    public void What_is_not_possible_is_named(string operation, int opset, string reason)
    {
        ModelProto proto = NodeFiles
            .Model(
                opset,
                [Channels, Height, Width],
                NodeFiles.Node(
                    operation,
                    "x scale shift",
                    "y",
                    NodeFiles.Set("axis", 0),
                    NodeFiles.Set("num_groups", 3)
                )
            )
            .With("scale", Values(Channels, 1), Channels)
            .With("shift", Values(Channels, 1), Channels);
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    private static int Channel(int i) => i / (Height * Width);

    private static void Check(ModelProto proto, Func<int, int> together, Func<int, float> scale, Func<int, float> shift)
    {
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        float[] found = ChannelOrder.ToFirst(
            predictor.Predict(ChannelOrder.ToLast(X, predictor.InputShape)),
            model.Model.Graph.Output.Shape
        );
        foreach (IGrouping<int, int> places in Enumerable.Range(0, X.Length).GroupBy(together))
        {
            double mean = places.Average(i => (double)X[i]),
                deviation = Math.Sqrt(places.Average(i => Math.Pow(X[i] - mean, 2)) + Epsilon);
            // A few roundings of numbers below 4.
            foreach (int i in places)
                Assert.Equal(((X[i] - mean) / deviation * scale(i)) + shift(i), found[i], 2e-6);
        }
    }

    private static float[] Values(int count, double step) =>
        [.. Enumerable.Range(1, count).Select(i => (float)((i * step * 1.618 % 2) - 0.7))];
}
