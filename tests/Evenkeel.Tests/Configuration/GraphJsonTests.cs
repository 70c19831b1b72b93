using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Configuration;

public sealed class GraphJsonTests
{
    [Fact]
    public void Every_layer_comes_back_as_it_was_written()
    {
        Graph graph = EveryLayer.Graph;
        Graph read = GraphJson.Parse(GraphJson.ToText(graph), "text");
        Assert.Equal(graph.Nodes.AsEnumerable(), read.Nodes.AsEnumerable());
        Assert.Equal("k", read.OutputName);
        Type[] kinds =
        [
            .. typeof(Layer).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract),
        ];
        Assert.Equal(kinds.ToHashSet(), graph.Nodes.Select(n => n.Layer.GetType()).ToHashSet());
    }

    [Fact]
    public void Names_inputs_and_defaults_may_be_left_out()
    {
        Graph graph = GraphJson.Parse(
            """
            {"input": [5], "layers": [{"type": "linear", "units": 7}, {"type": "batchnorm"}, {"type": "sigmoid"},
             {"type": "linear", "units": 3}]}
            """,
            "text"
        );
        Assert.Equal(
            Network.Input(5).Linear(7).BatchNorm().Sigmoid().Linear(3).Build().Nodes.AsEnumerable(),
            graph.Nodes.AsEnumerable()
        );
    }

    [Fact]
    public void Names_of_the_input_and_of_several_outputs_come_back()
    {
        Graph graph = GraphJson.Parse(
            """
            {"input": [5], "inputName": "x", "layers": [{"type": "linear", "units": 7, "name": "fc"}, {"type": "relu", "inputs": ["fc"]},
             {"type": "add", "inputs": ["x", "x"]}], "outputs": [{"layer": "relu1", "name": "scores"}, {"layer": "fc"}, {"layer": "x", "name": "y"}]}
            """,
            "text"
        );
        Assert.Equal("x", graph.Input.Name);
        Assert.Equal(["scores", "fc", "y"], graph.Results.Select(o => o.Name));
        Assert.Equal(["relu1", "fc", "x"], graph.OutputNames.AsEnumerable());
        string text = GraphJson.ToText(graph);
        Assert.Equal(text, GraphJson.ToText(GraphJson.Parse(text, "text")));
    }

    [Theory]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "unist": 7, "units": 3}]}""",
        "net.json: layers[0]",
        "unist",
        "known here: ",
        "units"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": "7"}]}""",
        "layers[0].units",
        "whole number",
        "the text \"7\""
    )]
    [InlineData("""{"input": [5], "layers": [{"type": "linear", "units": 0}]}""", "layers[0].units", "0 is outside 1")]
    [InlineData("""{"input": [5], "layers": [{"type": "linear", "units": 1.5}]}""", "layers[0].units", "whole number")]
    [InlineData("""{"input": [5], "layers": [{"type": "linear"}]}""", "layers[0].units", "missing")]
    [InlineData("""{"input": [5], "layers": [{"units": 3}]}""", "layers[0].type", "missing")]
    [InlineData("""{"input": [5], "layers": [{"type": "linaer", "units": 3}]}""", "linaer", "known: linear, batchnorm")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "type": "relu"}]}""", "layers[0]", "'type'", "twice")]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": 3, "bias": 1}]}""",
        "layers[0].bias",
        "true or false"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "relu", "inputs": {}}]}""",
        "layers[0].inputs",
        "a text or a list of them"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "relu", "inputs": [1]}]}""",
        "layers[0].inputs",
        "a text or a list of them"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "batchnorm", "updateRate": 1.5}]}""",
        "layers[0]",
        "(0, 1]",
        "1.5"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "batchnorm", "updateRate": "often"}]}""",
        "layers[0].updateRate",
        "count"
    )]
    [InlineData("""{"input": [5], "layers": [{"type": "batchnorm", "eps": -1}]}""", "layers[0]", "epsilon", "-1")]
    [InlineData(
        """{"input": [5], "layers": [{"type": "batchnorm", "runningVariance": "n"}]}""",
        "runningVariance",
        "unbiased, biased"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": 3, "init": {"type": "x"}}]}""",
        "init.type",
        "fanInUniform"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": 3, "init": {"type": "normal"}}]}""",
        "init.std",
        "missing"
    )]
    [InlineData("""{"input": [], "layers": []}""", "net.json: input", "dimension")]
    [InlineData("""{"input": [5000000000], "layers": []}""", "net.json: input")]
    [InlineData("""{"input": "5", "layers": []}""", "net.json: input", "a whole number or a list of them")]
    [InlineData("""{"input": [5]}""", "net.json: layers", "missing")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu"}], "outputs": []}""", "net.json: outputs", "at least one")]
    [InlineData(
        """{"input": [5], "layers": [], "outptu": "x"}""",
        "outptu",
        "known here: input, inputName, layers, output"
    )]
    [InlineData("""{"input": [5], "layers": {}}""", "net.json: layers", "list of objects")]
    [InlineData("""[5]""", "net.json", "expected an object", "a list")]
    [InlineData("""{"input": [5],""", "net.json", "not valid JSON")]
    public void A_mistake_is_named_with_its_place(string json, params string[] words)
    {
        var e = Assert.Throws<ConfigurationException>(() => GraphJson.Parse(json, "net.json: "));
        Assert.All(words, word => Assert.Contains(word, e.Message));
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "inputs": ["later"]}]}""", "'later'")]
    [InlineData(
        """{"input": [5], "layers": [{"type": "relu"}], "outputs": [{"layer": "relu1"}, {"layer": "input", "name": "relu1"}]}""",
        "Two outputs are named 'relu1'"
    )]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "inputs": []}]}""", "relu1")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "name": "input"}]}""", "Two layers are named 'input'")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu"}], "output": "relu7"}""", "relu7")]
    [InlineData("""{"input": [5], "layers": [{"type": "elu", "alpha": -1}]}""", "elu1")]
    [InlineData("""{"input": [100000], "layers": [{"type": "linear", "units": 100000}]}""", "linear1")]
    public void Layers_that_do_not_fit_are_named(string json, string word) =>
        Assert.Contains(word, Assert.Throws<GraphException>(() => GraphJson.Parse(json, "net.json: ")).Message);
}
