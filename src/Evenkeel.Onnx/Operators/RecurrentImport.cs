using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>LSTM, GRU and RNN over sequences of a fixed length, unrolled.</summary>
internal static class RecurrentImport
{
    // Layers of a step at most.
    private const int LayersPerStep = 12;

    // Our gates i, f, g, o among the file's i, o, f, c; our r, z, n among its z, r, h.
    private static readonly int[] LstmGates = [0, 2, 3, 1];
    private static readonly int[] GruGates = [1, 0, 2];

    private static readonly Dictionary<string, Layer> RnnActivations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Tanh"] = new Tanh(),
        ["Relu"] = new Relu(),
        ["Sigmoid"] = new Sigmoid(),
    };

    /// <summary>Long short-term memory.</summary>
    public static IReadOnlyList<Value> Lstm(NodeImport node)
    {
        RequireUsual(node, "Sigmoid", "Tanh", "Tanh");
        return Unrolled(node, new RecurrentOperands(node, gates: 4), StepsOf);

        static Action<int> StepsOf(UnrolledImport steps, int direction)
        {
            ComputedValue[] x = steps.OfInput(LstmGates, withHiddenBias: true);
            return step =>
            {
                ComputedValue hidden = steps.OfState("hidden", steps.Hidden, LstmGates);
                ComputedValue[] made = steps.Append(new LstmCell(), "cell", x[step], hidden, steps.Cell);
                steps.Cell = made[0];
                ComputedValue squashed = steps.Append(new Tanh(), "tanh", made[0])[0];
                steps.Hidden = steps.Append(new Multiply(), "state", made[1], squashed)[0];
            };
        }
    }

    /// <summary>Gated recurrent units, with the reset gate behind the product of the hidden state or in front of it.</summary>
    public static IReadOnlyList<Value> Gru(NodeImport node)
    {
        RequireUsual(node, "Sigmoid", "Tanh");
        bool isBehind = node.Int("linear_before_reset", 0) != 0;
        return Unrolled(node, new RecurrentOperands(node, gates: 3), isBehind ? ResetBehind : ResetInFront);
    }

    /// <summary>h' = f(x W + h R + b).</summary>
    public static IReadOnlyList<Value> Rnn(NodeImport node)
    {
        string[] names = node.Texts("activations") ?? ["Tanh", "Tanh"];
        if (names.FirstOrDefault(n => !RnnActivations.ContainsKey(n)) is { } unknown)
            throw new UnsupportedException($"its activation {unknown} is not supported");
        return Unrolled(
            node,
            new RecurrentOperands(node, gates: 1),
            (steps, direction) =>
            {
                ComputedValue[] x = steps.OfInput([0], withHiddenBias: true);
                Layer activation = RnnActivations[names[Math.Min(direction, names.Length - 1)]];
                return step =>
                {
                    ComputedValue hidden = steps.OfState("hidden", steps.Hidden, [0]);
                    ComputedValue sum = steps.Append(new Add(), "sum", x[step], hidden)[0];
                    steps.Hidden = steps.Append(activation, "state", sum)[0];
                };
            }
        );
    }

    private static Action<int> ResetBehind(UnrolledImport steps, int direction)
    {
        ComputedValue[] x = steps.OfInput(GruGates, withHiddenBias: false);
        return step =>
        {
            ComputedValue hidden = steps.OfState("hidden", steps.Hidden, GruGates, bias: true);
            steps.Hidden = steps.Append(new GruCell(), "state", x[step], hidden, steps.Hidden)[0];
        };
    }

    // n = tanh(x + (r h) U) cannot share a product with the other gates; h' = n + z (h - n).
    private static Action<int> ResetInFront(UnrolledImport steps, int direction)
    {
        ComputedValue[] x = steps.OfInput(GruGates, withHiddenBias: true);
        return step =>
        {
            int units = steps.Hidden.Count;
            ComputedValue[] parts = steps.Append(new Split([2 * units, units]), "parts", x[step]);
            ComputedValue ofHidden = steps.OfState("gates", steps.Hidden, GruGates[..2]),
                sum = steps.Append(new Add(), "gates.sum", parts[0], ofHidden)[0],
                open = steps.Append(new Sigmoid(), "gates.open", sum)[0];
            ComputedValue[] gates = steps.Append(new Split([units, units]), "gates.parts", open);
            ComputedValue reset = steps.Append(new Multiply(), "reset", gates[0], steps.Hidden)[0],
                ofReset = steps.OfState("hidden", reset, GruGates[2..]),
                candidate = steps.Append(new Add(), "candidate.sum", parts[1], ofReset)[0],
                n = steps.Append(new Tanh(), "candidate", candidate)[0],
                change = steps.Append(new Subtract(), "change", steps.Hidden, n)[0],
                kept = steps.Append(new Multiply(), "kept", gates[1], change)[0];
            steps.Hidden = steps.Append(new Add(), "state", n, kept)[0];
        };
    }

    // Y [steps, directions, batch, units], and the last states, [directions, batch, units]; of layout 1 the batch is in front.
    private static IReadOnlyList<Value> Unrolled(
        NodeImport node,
        RecurrentOperands operands,
        Func<UnrolledImport, int, Action<int>> stepsOf
    )
    {
        (int steps, int directions) = (operands.Steps, operands.Directions.Length);
        RequireLimit(node, (long)steps * directions * LayersPerStep);
        var states = new ComputedValue[steps * directions];
        var ends = new UnrolledImport[directions];
        for (int d = 0; d < directions; d++)
        {
            UnrolledImport unrolled = ends[d] = new UnrolledImport(node, operands, d);
            Action<int> step = stepsOf(unrolled, d);
            for (int i = 0; i < steps; i++, unrolled.GoOn())
            {
                int at = operands.Directions[d] ? steps - 1 - i : i;
                step(at);
                states[(at * directions) + d] = unrolled.Hidden;
            }
        }

        int units = operands.Units,
            batch = operands.IsBatchFirst ? 0 : 1;
        return
        [
            Joined("sequence", states, [steps, directions, units]) with
            {
                BatchAxis = 2 * batch,
            },
            Joined("last", [.. ends.Select(e => e.Hidden)], [directions, units]) with
            {
                BatchAxis = batch,
            },
            Joined("last_cell", [.. ends.Select(e => e.Cell)], [directions, units]) with
            {
                BatchAxis = batch,
            },
        ];

        ComputedValue Joined(string name, ComputedValue[] rows, int[] dimensions)
        {
            name = $"{node.OwnName}.{name}";
            ComputedValue row =
                rows.Length == 1 ? rows[0] : node.Network.Rows($"{name}.row", new Concat(rows.Length), rows)[0];
            return node.Network.Renamed(name, row, dimensions, Layout.RowMajor);
        }
    }

    private static void RequireUsual(NodeImport node, params string[] usual)
    {
        string[] given = node.Texts("activations") ?? [];
        if (given.Where((name, i) => !name.Equals(usual[i % usual.Length], StringComparison.OrdinalIgnoreCase)).Any())
            throw new UnsupportedException(
                $"its attribute activations is {string.Join(", ", given)}; {string.Join(", ", usual)} are supported"
            );
    }

    private static void RequireLimit(NodeImport node, long layers)
    {
        if (layers > node.Network.Options.MaxNodes)
            throw new UnsupportedException(
                $"its steps would become up to {layers} layers, above the limit of {node.Network.Options.MaxNodes} nodes"
            );
    }
}
