using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>What a recurrent layer does in a step.</summary>
/// <param name="Kind">Word used in names.</param>
/// <param name="Units">Values of the hidden state.</param>
internal abstract record RecurrentCell(string Kind, int Units)
{
    /// <summary>Appends the layers of a step, keeps the new states in <paramref name="unrolled"/> and returns the hidden one.</summary>
    public abstract Network Step(UnrolledCell unrolled, Network input);
}

/// <summary>h' = tanh(x W + h U + b).</summary>
internal sealed record RnnSteps(int Units) : RecurrentCell("rnn", Units)
{
    /// <inheritdoc/>
    public override Network Step(UnrolledCell unrolled, Network input)
    {
        Network sum = unrolled.Join(new Add(), "sum", unrolled.OfInput(input, Units), unrolled.OfHidden(Units));
        Network next = unrolled.Append(sum, new Tanh(), "state");
        return unrolled.Hidden = unrolled.Held(next, unrolled.Hidden, "state");
    }
}

/// <summary>Gated recurrent units.</summary>
internal sealed record GruSteps(int Units) : RecurrentCell("gru", Units)
{
    /// <inheritdoc/>
    public override Network Step(UnrolledCell unrolled, Network input)
    {
        Network next = unrolled.Join(
            new GruCell(),
            "state",
            unrolled.OfInput(input, 3 * Units),
            // The reset gate acts on this bias too, so the input's cannot stand for it.
            unrolled.OfHidden(3 * Units, bias: true),
            unrolled.Hidden
        );
        return unrolled.Hidden = unrolled.Held(next, unrolled.Hidden, "state");
    }
}

/// <summary>Long short-term memory.</summary>
internal sealed record LstmSteps(int Units) : RecurrentCell("lstm", Units)
{
    /// <inheritdoc/>
    public override Network Step(UnrolledCell unrolled, Network input)
    {
        Network before = unrolled.Cell ?? unrolled.Start(Units, "start_cell"),
            cell = unrolled.Join(
                new LstmCell(),
                "cell",
                unrolled.OfInput(input, 4 * Units),
                unrolled.OfHidden(4 * Units),
                before
            );
        unrolled.Cell = unrolled.Held(cell.Fork(), before, "cell");
        Network normalized = unrolled.Normalized(cell.Fork(), "cell_norm", shift: true),
            squashed = unrolled.Append(normalized, new Tanh(), "tanh");
        Network next = unrolled.Join(new Multiply(), "state", cell.Value(1), squashed);
        return unrolled.Hidden = unrolled.Held(next, unrolled.Hidden, "state");
    }
}
