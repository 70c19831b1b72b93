using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>
/// One direction of a recurrent operator while it is unrolled: a product of the whole sequence, then a few layers for each step, which share the
/// weights of the hidden state. Layers are named as those of a recurrent layer of a network are.
/// </summary>
internal sealed class UnrolledImport
{
    private readonly NodeImport _node;
    private readonly RecurrentOperands _operands;
    private readonly int _direction;
    private readonly string _scope;
    private readonly Dictionary<string, ComputedValue> _shared = [];
    private int _step;

    /// <summary>Begins a direction.</summary>
    public UnrolledImport(NodeImport node, RecurrentOperands operands, int direction)
    {
        (_node, _operands, _direction) = (node, operands, direction);
        _scope =
            operands.Directions.Length > 1
                ? $"{node.OwnName}.{(direction == 0 ? "forward" : "backward")}"
                : node.OwnName;
        Hidden = operands.Start(5, direction, $"{_scope}.start");
        Cell = node.Operator == "LSTM" ? operands.Start(6, direction, $"{_scope}.start_cell") : Hidden;
    }

    /// <summary>The hidden state.</summary>
    public ComputedValue Hidden { get; set; }

    /// <summary>The cell state of an LSTM.</summary>
    public ComputedValue Cell { get; set; }

    /// <summary>What the input gives the gates in each step, with their biases.</summary>
    /// <param name="gates">Which of the file's gates, in the order of ours.</param>
    /// <param name="withHiddenBias">Whether the hidden state's biases are added here too.</param>
    public ComputedValue[] OfInput(int[] gates, bool withHiddenBias)
    {
        int values = gates.Length * _operands.Units;
        ComputedValue all = _node.Network.Append(
            $"{_scope}.input",
            new Linear(values),
            [_node.Network.RowMajor(_operands.Sequence)],
            [_operands.Steps, values],
            Layout.RowMajor
        );
        float[] bias = _operands.InputBias(_direction, gates),
            hidden = _operands.HiddenBias(_direction, gates);
        for (int i = 0; withHiddenBias && i < bias.Length; i++)
            bias[i] += hidden[i];
        _node.Network.Fill(all, "weight", _operands.OfInput(_direction, gates));
        _node.Network.Fill(all, "bias", bias);
        ComputedValue row = _node.Network.Renamed($"{_scope}.row", all, [all.Count], Layout.RowMajor);
        return _node.Network.Split($"{_scope}.inputs", row, 0, [.. Enumerable.Repeat(values, _operands.Steps)]);
    }

    /// <summary>What a state gives the gates, by weights that all steps share.</summary>
    public ComputedValue OfState(string name, ComputedValue state, int[] gates, bool bias = false)
    {
        if (_shared.TryGetValue(name, out ComputedValue? first))
            return _node.Network.Again($"{_scope}.{name}.{_step}", first, state);
        var layer = new Linear(gates.Length * _operands.Units, bias);
        ComputedValue made = _node.Network.Rows($"{_scope}.{name}", layer, state)[0];
        _node.Network.Fill(made, "weight", _operands.OfHidden(_direction, gates));
        if (bias)
            _node.Network.Fill(made, "bias", _operands.HiddenBias(_direction, gates));
        return _shared[name] = made;
    }

    /// <summary>The values of a layer of this step alone.</summary>
    public ComputedValue[] Append(Layer layer, string name, params ComputedValue[] inputs) =>
        _node.Network.Rows($"{_scope}.{name}.{_step}", layer, inputs);

    /// <summary>Goes on to the next step.</summary>
    public void GoOn() => _step++;
}
