using System.Collections.Immutable;
using Evenkeel.Onnx.Messages;
using Evenkeel.Onnx.Tests.TestData;

namespace Evenkeel.Onnx.Tests;

/// <summary>Inputs that leave their height and width open.</summary>
public sealed class InputShapeTests
{
    private static readonly FileCase Open = new("open_height_and_width");

    [Fact]
    public void What_a_file_leaves_open_is_told_without_importing_it()
    {
        OnnxInput input = Assert.Single(OnnxModel.ReadInputs(Open.ModelPath));
        Assert.Equal("x", input.Name);
        Assert.Equal((int?[])[null, 3, null, null], input.Dimensions!.Value.Select(d => d.Size));
        Assert.True(input.IsOpen);
        Assert.False(Assert.Single(OnnxModel.ReadInputs(new FileCase("bn_over_lines").ModelPath)).IsOpen);
    }

    [Fact]
    public void A_refusal_names_the_sizes_and_the_option()
    {
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Load(Open.ModelPath));
        Assert.Contains("input shape x=1,3,SIZE,SIZE", e.Message, StringComparison.Ordinal);
    }

    // The batch counts for nothing.
    [Theory]
    [InlineData("1 3 6 5")]
    [InlineData("9 3 6 5")]
    public void A_given_shape_is_taken(string shape)
    {
        using OnnxModel model = OnnxModel.Load(Open.ModelPath, With("x", shape));
        Assert.Equal(new Shape(6, 5, 3), model.Model.Graph.Input.Shape);
    }

    [Theory]
    [InlineData("x", "1 4 6 5", "[1, 4, 6, 5] does not fit the input x")]
    [InlineData("x", "3 6 5", "[3, 6, 5] does not fit the input x")]
    [InlineData("x", "1 3 0 5", "sizes below 1")]
    [InlineData("image", "1 3 6 5", "There is no input 'image'; it has x")]
    public void A_shape_that_does_not_fit_is_refused(string name, string shape, string message)
    {
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Load(Open.ModelPath, With(name, shape)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_of_unknown_shape_gets_the_given_one()
    {
        ModelProto proto = NodeFiles.Model(13, [2], NodeFiles.Node("Neg", "x", "y"));
        proto.Graph.Input[0].Type.TensorType.Shape = null;
        var e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("'x' is of unknown shape", e.Message, StringComparison.Ordinal);
        using OnnxModel model = OnnxModel.Import(proto, "test", null, With("x", "1 3 2 2"));
        Assert.Equal(new Shape(2, 2, 3), model.Model.Graph.Input.Shape);
    }

    private static OnnxImportOptions With(string name, string shape) =>
        new()
        {
            InputShapes = new Dictionary<string, ImmutableArray<int>>
            {
                [name] = [.. shape.Split(' ').Select(int.Parse)],
            },
        };
}
