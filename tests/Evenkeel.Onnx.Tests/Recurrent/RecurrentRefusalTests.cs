using Evenkeel.Onnx.Export;
using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>What recurrent operators may ask for that is not supported is refused by its name.</summary>
public sealed class RecurrentRefusalTests
{
    private const int Steps = 3;
    private const int Channels = 2;
    private const int Units = 4;

    [Fact]
    public void Attributes_that_change_the_formulas()
    {
        Refused(
            "LSTM",
            n => n.Attribute.Add(NodeFiles.Set("clip", 3f)),
            "LSTM 'LSTM_y': its attribute clip is not supported"
        );
        Refused(
            "LSTM",
            n => n.Attribute.Add(NodeFiles.Set("input_forget", 1)),
            "its attribute input_forget is not supported"
        );
        Refused(
            "LSTM",
            n => n.Attribute.Add(Texts("activations", "Sigmoid", "Relu", "Tanh")),
            "its attribute activations is Sigmoid, Relu, Tanh; Sigmoid, Tanh, Tanh are supported"
        );
        Refused(
            "GRU",
            n => n.Attribute.Add(Texts("activations", "HardSigmoid", "Tanh")),
            "its attribute activations is HardSigmoid, Tanh; Sigmoid, Tanh are supported"
        );
        Refused("RNN", n => n.Attribute.Add(Texts("activations", "Affine")), "its activation Affine is not supported");
        Refused(
            "RNN",
            n => n.Attribute.Add(NodeExport.Attribute("direction", "sideways")),
            "its direction sideways is unknown"
        );
    }

    [Fact]
    public void Inputs_that_change_the_formulas()
    {
        Refused("LSTM", n => n.Input.AddRange(["", "", "", "", "p"]), "peepholes (its input P) are not supported");
        const string Lengths = "its input sequence_lens must be constant and as long as the sequence, 3 steps";
        Refused("GRU", n => n.Input.AddRange(["", "short"]), Lengths);
        Refused("GRU", n => n.Input.AddRange(["", "short"]), "build a masked layer with these weights");
        Refused(
            "GRU",
            n => n.Input.AddRange(["", "", "differs"]),
            "its input 6, a constant state, differs from example to example"
        );
        Refused(
            "GRU",
            n => n.Input.AddRange(["", "", "long"]),
            "its input 6, a state, is [1, 2, 5], which does not fit 1 x 4"
        );
    }

    [Fact]
    public void Weights_of_other_sizes()
    {
        Refused(
            "RNN",
            n => n.Attribute.Add(NodeFiles.Set("hidden_size", 5)),
            "R is [1, 4, 4], which does not fit hidden_size 5"
        );
        Refused("RNN", n => n.Input[2] = "p", "R is [1, 12], which does not fit hidden_size 4");
        Refused("RNN", n => n.Input[1] = "r", "W is [1, 4, 4] where [1, 4, 2] is expected");
        Refused("RNN", n => n.Input.Add("p"), "B is [1, 12] where [1, 8] is expected");
        Refused(
            "RNN",
            n => n.Attribute.Add(NodeExport.Attribute("direction", "bidirectional")),
            "W is [1, 4, 2] where [2, 4, 2] is expected"
        );
    }

    [Fact]
    public void A_batch_that_stands_elsewhere_and_too_many_steps()
    {
        ModelProto proto = Proto("RNN");
        proto.Graph.Node[0].Input[0] = "moved";
        proto.Graph.Node.Insert(0, NodeFiles.Node("Identity", "x", "moved"));
        proto.Graph.Input[0] = NodeFiles.Info("x", [-1, Steps, Channels]);
        Says(proto, "its input is [N, 3, 2] with the batch in dimension 0; of layout 0 it is [steps, batch, channels]");
        proto = Proto("RNN");
        proto.Graph.Input[0] = NodeFiles.Info("x", [200_000, -1, Channels]);
        Says(proto, "its steps would become up to 2400000 layers, above the limit of 100000 nodes");
    }

    private static void Refused(string operation, Action<NodeProto> change, string message)
    {
        ModelProto proto = Proto(operation);
        change(proto.Graph.Node[0]);
        Says(proto, message);
    }

    private static void Says(ModelProto proto, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test").Dispose()).Message,
            StringComparison.Ordinal
        );

    private static ModelProto Proto(string operation)
    {
        int gates = operation switch
        {
            "LSTM" => 4,
            "GRU" => 3,
            _ => 1,
        };
        ModelProto proto = NodeFiles
            .Model(14, [], NodeFiles.Node(operation, "x w r", "y", NodeFiles.Set("hidden_size", Units)))
            .With("w", new float[gates * Units * Channels], 1, gates * Units, Channels)
            .With("r", new float[gates * Units * Units], 1, gates * Units, Units)
            .With("p", new float[3 * Units], 1, 3 * Units)
            .With("differs", [.. Enumerable.Range(0, 2 * Units).Select(i => (float)i)], 1, 2, Units)
            .With("long", new float[10], 1, 2, 5)
            .With("short", Steps, Steps - 1);
        proto.Graph.Input[0] = NodeFiles.Info("x", [Steps, -1, Channels]);
        return proto;
    }

    private static AttributeProto Texts(string name, params string[] values)
    {
        var attribute = new AttributeProto { Name = name };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }
}
