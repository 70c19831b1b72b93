using Evenkeel.Onnx.Export;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>How a file gives the states to begin with.</summary>
internal enum Start
{
    Zeros,
    Constant,
    Input,
}

/// <summary>A file of one recurrent operator, drawn from a seed, and values for its inputs with the batch in front.</summary>
internal sealed class RecurrentCase
{
    private readonly Random _random;
    private readonly bool _hasBias;

    public RecurrentCase(int seed, string operation, int layout)
    {
        _random = new Random(seed);
        (Operator, Layout) = (operation, layout);
        (Steps, Batch, Channels, Units) = (Upto(5), Upto(4), Upto(4), Upto(5));
        Gates = operation switch
        {
            "LSTM" => 4,
            "GRU" => 3,
            _ => 1,
        };
        Direction = ((string[])["forward", "reverse", "bidirectional"])[_random.Next(3)];
        Begins = (Start)_random.Next(3);
        LinearBeforeReset = _random.Next(2) == 1;
        _hasBias = _random.Next(4) > 0;
        X = Values(Batch * Steps * Channels);
        W = Values(Directions * Gates * Units * Channels);
        R = Values(Directions * Gates * Units * Units);
        B = _hasBias ? Values(Directions * 2 * Gates * Units) : new float[Directions * 2 * Gates * Units];
        Hidden = States();
        Cell = States();
    }

    public string Operator { get; }
    public int Layout { get; }
    public int Steps { get; }
    public int Batch { get; }
    public int Channels { get; }
    public int Units { get; }
    public int Gates { get; }
    public string Direction { get; }
    public Start Begins { get; }
    public bool LinearBeforeReset { get; }
    public int Directions => Direction == "bidirectional" ? 2 : 1;

    /// <summary>[batch, steps, channels].</summary>
    public float[] X { get; }

    /// <summary>[batch, directions, units].</summary>
    public float[] Hidden { get; }

    /// <summary>The same.</summary>
    public float[] Cell { get; }

    public float[] W { get; }
    public float[] R { get; }
    public float[] B { get; }

    /// <summary>Names of the outputs, and the dimensions of one example of each.</summary>
    public (string Name, int[] Dimensions)[] Outputs =>
        [
            ("y", [Steps, Directions, Units]),
            ("h", [Directions, Units]),
            .. Operator == "LSTM" ? [("c", [Directions, Units])] : Array.Empty<(string, int[])>(),
        ];

    public string[] StateNames => Operator == "LSTM" ? ["h0", "c0"] : ["h0"];

    /// <summary>The file.</summary>
    public ModelProto ToProto()
    {
        string states = Begins == Start.Zeros ? "" : $" {string.Join(' ', StateNames)}";
        NodeProto node = NodeFiles.Node(Operator, "x w r", string.Join(' ', Outputs.Select(o => o.Name)));
        node.Input.Add(_hasBias ? "b" : "");
        if (Begins != Start.Zeros)
            node.Input.AddRange(["", .. StateNames]);
        node.Attribute.AddRange([
            NodeFiles.Set("hidden_size", Units),
            NodeFiles.Set("layout", Layout),
            NodeExport.Attribute("direction", Direction),
        ]);
        if (Operator == "GRU")
            node.Attribute.Add(NodeFiles.Set("linear_before_reset", LinearBeforeReset ? 1 : 0));
        ModelProto proto = NodeFiles
            .Model(14, [], node)
            .With("w", W, Directions, Gates * Units, Channels)
            .With("r", R, Directions, Gates * Units, Units);
        if (_hasBias)
            proto.With("b", B, Directions, 2 * Gates * Units);
        GraphProto graph = proto.Graph;
        graph.Input.Clear();
        graph.Input.Add(NodeFiles.Info("x", Layout == 0 ? [Steps, -1, Channels] : [-1, Steps, Channels]));
        foreach ((string name, float[] values) in StateNames.Zip([Hidden, Cell]))
        {
            if (Begins == Start.Input)
                graph.Input.Add(NodeFiles.Info(name, Layout == 0 ? [Directions, -1, Units] : [-1, Directions, Units]));
            else if (Begins == Start.Constant)
                proto.With(name, InFile(values, StateDimensions), [.. StateDimensions.Select(d => (long)d)]);
        }

        graph.Output.Clear();
        graph.Output.AddRange(Outputs.Select(o => NodeFiles.Info(o.Name, [])));
        foreach (ValueInfoProto output in graph.Output)
            output.Type.TensorType.Shape = null;
        return proto;
    }

    /// <summary>The inputs in the file's order.</summary>
    public IEnumerable<(string Name, int[] Dimensions, float[] Values)> Inputs()
    {
        int[] sequence = Layout == 0 ? [Steps, Batch, Channels] : [Batch, Steps, Channels];
        yield return ("x", sequence, InFile(X, sequence));
        if (Begins != Start.Input)
            yield break;
        foreach ((string name, float[] values) in StateNames.Zip([Hidden, Cell]))
            yield return (name, StateDimensions, InFile(values, StateDimensions));
    }

    public override string ToString() =>
        $"{Operator} {Direction} layout {Layout}, {Steps} steps of {Batch} x {Channels}, {Units} units, begins {Begins}, reset {LinearBeforeReset}";

    private int[] StateDimensions => Layout == 0 ? [Directions, Batch, Units] : [Batch, Directions, Units];

    private float[] InFile(float[] values, int[] dimensions) =>
        BatchOrder.FromFront(values, dimensions, Layout == 0 ? 1 : 0);

    // A constant must be the same for every example.
    private float[] States()
    {
        int row = Directions * Units;
        float[] drawn = Values(Batch * row);
        return Begins switch
        {
            Start.Zeros => new float[Batch * row],
            Start.Input => drawn,
            _ => [.. Enumerable.Repeat(drawn[..row], Batch).SelectMany(v => v)],
        };
    }

    private int Upto(int most) => _random.Next(1, most + 1);

    private float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * _random.NextSingle()) - 1)];
}
