using Evenkeel.Kernels.Linear;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>
/// What LSTM, GRU and RNN read: a sequence, weights of one or two directions, and states to begin with. What is not supported is refused by its
/// name in the operator.
/// </summary>
internal sealed class RecurrentOperands
{
    private const int InputWeights = 1;
    private const int HiddenWeights = 2;
    private const int Biases = 3;
    private const int Lengths = 4;
    private const int Peepholes = 7;

    private readonly NodeImport _node;
    private readonly int _gates;

    /// <summary>Reads and checks them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="gates">Rows of weights for each unit.</param>
    public RecurrentOperands(NodeImport node, int gates)
    {
        (_node, _gates) = (node, gates);
        IsBatchFirst = node.Int("layout", 0) != 0;
        Sequence = node.ComputedAnywhere(0);
        int axis = IsBatchFirst ? 0 : 1;
        if (Sequence.Rank != 2 || Sequence.BatchAxis != axis)
            throw new UnsupportedException(
                $"its input is {Sequence} with the batch in dimension {Sequence.BatchAxis}; of layout {axis ^ 1} it is {(IsBatchFirst ? "[batch, steps, channels]" : "[steps, batch, channels]")}"
            );
        (Steps, Channels) = (Sequence.Dimensions[0], Sequence.Dimensions[1]);
        Directions = DirectionsOf(node);
        ConstantTensor hidden = node.Constant(HiddenWeights);
        Units = hidden.Rank == 3 ? (int)hidden.Dimensions[2] : 0;
        if (Units < 1 || node.Int("hidden_size", Units) != Units)
            throw new UnsupportedException(
                $"R is {hidden}, which does not fit hidden_size {node.Int("hidden_size", 0)}"
            );
        Require(InputWeights, "W", Directions.Length, gates * Units, Channels);
        Require(HiddenWeights, "R", Directions.Length, gates * Units, Units);
        Require(Biases, "B", Directions.Length, 2 * gates * Units);
        RefuseOthers();
    }

    /// <summary>[steps, channels] of each example.</summary>
    public ComputedValue Sequence { get; }

    /// <summary>Length of the sequence.</summary>
    public int Steps { get; }

    /// <summary>Values of a step.</summary>
    public int Channels { get; }

    /// <summary>Values of a state.</summary>
    public int Units { get; }

    /// <summary>Whether each direction goes backward.</summary>
    public bool[] Directions { get; }

    /// <summary>Whether the batch is the first dimension of values (layout 1).</summary>
    public bool IsBatchFirst { get; }

    /// <summary>Weights of the input, [channels, gates units].</summary>
    public float[] OfInput(int direction, int[] gates) => Weights(InputWeights, Channels, direction, gates);

    /// <summary>Weights of the hidden state, [units, gates units].</summary>
    public float[] OfHidden(int direction, int[] gates) => Weights(HiddenWeights, Units, direction, gates);

    /// <summary>Biases that are added to what the input gives the gates.</summary>
    public float[] InputBias(int direction, int[] gates) => Bias(direction, 0, gates);

    /// <summary>Biases that are added to what the hidden state gives the gates.</summary>
    public float[] HiddenBias(int direction, int[] gates) => Bias(direction, _gates, gates);

    /// <summary>The state that a direction begins with, given by an input of the node; zeros if it is left out.</summary>
    public ComputedValue Start(int input, int direction, string name) =>
        _node.Has(input) && _node.Get(input) is ComputedValue given
            ? Part(given, input, direction)
            : _node.Network.Repeated(name, Known(input, direction), [Units]);

    private ComputedValue Part(ComputedValue given, int input, int direction)
    {
        if (given.BatchAxis != (IsBatchFirst ? 0 : 1) || !given.Dimensions.SequenceEqual([Directions.Length, Units]))
            throw new UnsupportedException(
                $"its input {input + 1}, a state, is {given} with the batch in dimension {given.BatchAxis}; one of {Directions.Length} x {Units} is expected"
            );
        ImportedGraph network = _node.Network;
        ComputedValue row = network.Renamed(
            $"{_node.OwnName}.states",
            network.RowMajor(given),
            [given.Count],
            Layout.RowMajor
        );
        int[] parts = [.. Directions.Select(_ => Units)];
        return network.Split($"{_node.OwnName}.states", row, 0, parts)[direction];
    }

    // Of a constant, every example must have the same.
    private float[] Known(int input, int direction)
    {
        if (_node.OptionalConstant(input) is not { } state)
            return new float[Units];
        int batch = IsBatchFirst ? 0 : 1;
        if (state.Rank != 3 || state.Dimensions[batch ^ 1] != Directions.Length || state.Dimensions[2] != Units)
            throw new UnsupportedException(
                $"its input {input + 1}, a state, is {state}, which does not fit {Directions.Length} x {Units}"
            );
        int examples = (int)state.Dimensions[batch],
            first = direction * Units * (IsBatchFirst ? 1 : examples),
            stride = Units * (IsBatchFirst ? Directions.Length : 1);
        float[] row = state.Values.Slice(first, Units).ToArray();
        for (int i = 1; i < examples; i++)
        {
            if (!state.Values.Slice(first + (i * stride), Units).SequenceEqual(row))
                throw new UnsupportedException(
                    $"its input {input + 1}, a constant state, differs from example to example"
                );
        }

        return row;
    }

    private float[] Weights(int input, int columns, int direction, int[] gates)
    {
        int rows = gates.Length * Units,
            block = Units * columns;
        ReadOnlySpan<float> all = _node.Constant(input).Values;
        float[] chosen = new float[rows * columns],
            turned = new float[rows * columns];
        for (int i = 0; i < gates.Length; i++)
            all.Slice(((direction * _gates) + gates[i]) * block, block).CopyTo(chosen.AsSpan(i * block));
        WeightOrder.OutputsLast(chosen, rows, columns, turned);
        return turned;
    }

    private float[] Bias(int direction, int before, int[] gates)
    {
        float[] chosen = new float[gates.Length * Units];
        if (_node.OptionalConstant(Biases) is { } all)
        {
            for (int i = 0; i < gates.Length; i++)
                all.Values.Slice(((direction * 2 * _gates) + before + gates[i]) * Units, Units)
                    .CopyTo(chosen.AsSpan(i * Units));
        }

        return chosen;
    }

    private void Require(int input, string name, params long[] expected)
    {
        if (_node.Has(input) && !_node.Constant(input).Dimensions.SequenceEqual(expected))
            throw new UnsupportedException(
                $"{name} is {_node.Constant(input)} where [{string.Join(", ", expected)}] is expected"
            );
    }

    private void RefuseOthers()
    {
        if (_node.HasAttribute("clip"))
            throw new UnsupportedException("its attribute clip is not supported");
        if (_node.Int("input_forget", 0) != 0)
            throw new UnsupportedException("its attribute input_forget is not supported");
        if (_node.Has(Peepholes))
            throw new UnsupportedException("peepholes (its input P) are not supported");
        if (_node.Has(Lengths) && !(_node.Get(Lengths) is Constant c && c.Tensor.Integers.All(l => l == Steps)))
            throw new UnsupportedException(
                $"its input sequence_lens must be constant and as long as the sequence, {Steps} steps, for every example; take it off the node where sequences are whole, and build a masked layer with these weights where they are padded"
            );
    }

    private static bool[] DirectionsOf(NodeImport node) =>
        node.Text("direction", "forward") switch
        {
            "forward" => [false],
            "reverse" => [true],
            "bidirectional" => [false, true],
            string other => throw new UnsupportedException($"its direction {other} is unknown"),
        };
}
