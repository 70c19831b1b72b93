using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Networks;

namespace Evenkeel.Tests.Configuration;

public sealed class RecurrentJsonTests
{
    [Fact]
    public void A_recurrent_layer_stands_for_the_layers_of_its_steps()
    {
        Graph read = Parse(
            """
            {"type": "lstm", "units": 3, "direction": "both", "batchNorm": {"eps": 0.01, "initialScale": 0.2, "startNoise": 0}},
            {"type": "gru", "units": 2, "hiddenInit": {"type": "identity", "gain": 0.5}},
            {"type": "lstm", "units": 4, "sequence": false, "name": "last"}, {"type": "linear", "units": 2}
            """
        );
        var norm = new RecurrentBatchNorm
        {
            Convention = BatchNormConvention.Default with { Epsilon = 0.01f },
            InitialScale = 0.2f,
            StartNoise = 0,
        };
        Graph built = Network
            .Input(5, 4)
            .Lstm(3, new() { Direction = RecurrentDirection.Both, BatchNorm = norm })
            .Gru(2, new() { HiddenInitializer = new IdentityInitializer(0.5) })
            .Lstm(4, new() { Sequence = false }, "last")
            .Linear(2);
        Assert.Equal(GraphJson.ToText(built), GraphJson.ToText(read));
        Assert.Equal(GraphJson.ToText(read), GraphJson.ToText(GraphJson.Parse(GraphJson.ToText(read), "written")));
    }

    [Fact]
    public void It_reads_the_value_it_names()
    {
        Graph read = Parse(
            """{"type": "tanh", "name": "a"}, {"type": "relu"}, {"type": "rnn", "units": 2, "inputs": ["a"]}"""
        );
        Assert.Equal(["a"], read["rnn1.row"].Inputs);
    }

    [Theory]
    [InlineData("""{"type": "gru", "units": 2, "inputs": ["b"]}""", "'b'")]
    [InlineData("""{"type": "gru", "units": 2, "inputs": ["input", "input"]}""", "a recurrent layer reads one value")]
    [InlineData(
        """{"type": "flatten"}, {"type": "gru", "units": 2}""",
        "'gru1' goes over steps: it takes [steps, channels], not [20]"
    )]
    [InlineData("""{"type": "gru", "units": 2, "parametersOf": "a"}""", "parametersOf")]
    public void What_it_cannot_read_is_told(string layers, string told) =>
        Assert.Contains(told, Assert.ThrowsAny<Exception>(() => Parse(layers)).Message);

    private static Graph Parse(string layers) =>
        GraphJson.Parse($$"""{"input": [5, 4], "layers": [{{layers}}]}""", "network");
}
