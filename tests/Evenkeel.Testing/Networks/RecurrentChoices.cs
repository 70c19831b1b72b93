using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>How cells of recurrent networks are drawn: their gates and states are linear maps of the last value.</summary>
internal static class RecurrentChoices
{
    public static LayerChoice[] All { get; } =
    [
        new LayerChoice(typeof(LstmCell), 2, Lstm),
        new LayerChoice(typeof(GruCell), 2, (draft, d) => Append(draft, d, new GruCell(), gates: 3)),
        new LayerChoice(typeof(BatchNorm), 2, Padded),
    ];

    // Where a value is 0 or below, an example or a position of it is padding: statistics leave it out, and it goes on as zeros.
    private static void Padded(NetworkDraft draft, Draw d)
    {
        string row = (d.Flag() ? draft.Append(new Flatten()) : draft.Last).Name;
        draft.Append(new Linear(1), row);
        string mask = draft.Append(new Relu()).Name,
            values = draft.Append(new Linear(d.Between(1, 6)), row).Name;
        var norm = new BatchNorm(LayerChoices.Convention(d)) { Masked = true, UpdateStatistics = !d.Flag(5) };
        Node made = draft.Append(norm, values, mask);
        string wide = draft.Append(new Expand(made.Shape), mask).Name;
        draft.Append(new Multiply(), d.Flag() ? [made.Name, wide] : [wide, made.Name]);
    }

    // Goes on with the cell state, the output gate, or both.
    private static void Lstm(NetworkDraft draft, Draw d)
    {
        Node cell = Append(draft, d, new LstmCell(), gates: 4);
        switch (d.Below(3))
        {
            case 1:
                draft.Append(new Tanh(), cell.Value(1));
                break;
            case 2:
                draft.Append(new Multiply(), cell.Value(1), cell.Name);
                break;
        }
    }

    private static Node Append(NetworkDraft draft, Draw d, Layer cell, int gates)
    {
        int units = d.Between(1, 6);
        string row = draft.Append(new Flatten()).Name;
        bool normalized = d.Flag(2);
        string[] inputs =
        [
            Gates(draft, d, new Linear(gates * units), row, normalized),
            Gates(draft, d, new Linear(gates * units, Bias: false), row, normalized),
            draft.Append(new Linear(units), row).Name,
        ];
        return draft.Append(cell, inputs);
    }

    private static string Gates(NetworkDraft draft, Draw d, Linear product, string row, bool normalized)
    {
        Node gates = draft.Append(product, row);
        return normalized ? draft.Append(new BatchNorm(LayerChoices.Convention(d))).Name : gates.Name;
    }
}
