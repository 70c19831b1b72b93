using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;

namespace Evenkeel.Tests.Networks;

/// <summary>Counts and shapes that follow from Figure 5 of Ioffe and Szegedy 2015.</summary>
public sealed class BnInceptionTests
{
    private static readonly Graph Paper = BnInception.Create();

    [Theory]
    [InlineData(96, InceptionStem.Separable, 11_188_288)]
    [InlineData(96, InceptionStem.Plain, 11_194_984)]
    [InlineData(128, InceptionStem.Separable, 11_278_528)]
    [InlineData(128, InceptionStem.Plain, 11_285_224)]
    public void Parameters_of_both_readings_and_both_stems(int projection, InceptionStem stem, long expected)
    {
        Graph graph = BnInception.Create(new BnInceptionOptions { LateProjection = projection, Stem = stem });
        Assert.Equal(expected, Learned(graph, ""));
    }

    [Theory]
    [InlineData("3a", 219_072, 28, 256)]
    [InlineData("3b", 260_160, 28, 320)]
    [InlineData("3c", 385_088, 14, 576)]
    [InlineData("4a", 609_984, 14, 576)]
    [InlineData("4b", 665_344, 14, 576)]
    [InlineData("4c", 895_936, 14, 576)]
    [InlineData("4d", 1_108_032, 14, 576)]
    [InlineData("4e", 1_439_744, 7, 1024)]
    [InlineData("5a", 2_182_272, 7, 1024)]
    [InlineData("5b", 2_279_616, 7, 1024)]
    public void Parameters_and_output_of_a_module(string module, long parameters, int side, int channels)
    {
        Assert.Equal(parameters, Learned(Paper, $"inception{module}."));
        Assert.Equal(new Shape(side, side, channels), Paper[$"inception{module}.output"].Shape);
    }

    [Fact]
    public void Convolutions_are_69_and_none_has_a_bias()
    {
        Conv2d[] convolutions = [.. Paper.Nodes.Select(n => n.Layer).OfType<Conv2d>()];
        Assert.Equal(69, convolutions.Length);
        Assert.DoesNotContain(convolutions, c => c.Bias);
        Assert.Equal(69, Paper.Nodes.Count(n => n.Layer is BatchNorm));
    }

    [Fact]
    public void The_original_has_biases_response_normalisation_and_dropout()
    {
        Graph graph = BnInception.Create(
            new BnInceptionOptions
            {
                BatchNorm = false,
                LocalResponseNorm = true,
                Dropout = 0.4f,
            }
        );
        Assert.All(graph.Nodes.Select(n => n.Layer).OfType<Conv2d>(), c => Assert.True(c.Bias));
        Assert.DoesNotContain(graph.Nodes, n => n.Layer is BatchNorm);
        Assert.Equal(2, graph.Nodes.Count(n => n.Layer is LocalResponseNorm));
        Assert.Equal(0.4f, graph.Nodes.Select(n => n.Layer).OfType<Dropout>().Single().Rate);
    }

    [Fact]
    public void Width_scales_channels_and_leaves_the_classes()
    {
        Graph graph = BnInception.Create(
            new BnInceptionOptions
            {
                Width = 0.25,
                Size = 64,
                Classes = 10,
            }
        );
        Assert.Equal(new Shape(2, 2, 256), graph["inception5b.output"].Shape);
        Assert.Equal(new Shape(10), graph.Output.Shape);
    }

    [Fact]
    public void It_comes_back_from_JSON()
    {
        Graph read = GraphJson.Parse(GraphJson.ToText(Paper), "text");
        Assert.Equal(Paper.Nodes.AsEnumerable(), read.Nodes.AsEnumerable());
    }

    [Theory]
    [InlineData(3, 20)]
    [InlineData(5, 32)]
    public void Residual_networks_have_6n_and_2_layers_with_weights(int blocks, int layers)
    {
        Graph graph = CifarResNet.Create(blocks);
        int weighted = graph.Nodes.Count(n =>
            n.Layer is Linear || (n.Layer is Conv2d && !n.Name.Contains("downsample", StringComparison.Ordinal))
        );
        Assert.Equal(layers, weighted);
        Assert.Equal(new Shape(8, 8, 64), graph["layer3.0.relu2"].Shape);
    }

    [Fact]
    public void A_plain_stack_halves_the_image_at_each_stage()
    {
        Graph graph = Vgg.Create(
            [
                [8],
                [16, 16],
            ],
            size: 12
        );
        Assert.Equal(new Shape(3 * 3 * 16), graph[graph.Output.Inputs[0]].Shape);
    }

    private static long Learned(Graph graph, string prefix) =>
        graph
            .Tensors()
            .Where(t => t.Spec.Role != TensorRole.State && t.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Sum(t => (long)t.Spec.Count);
}
