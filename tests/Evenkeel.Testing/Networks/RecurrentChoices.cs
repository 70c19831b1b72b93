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
    ];

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
        string[] inputs =
        [
            draft.Append(new Linear(gates * units), row).Name,
            draft.Append(new Linear(gates * units, Bias: false), row).Name,
            draft.Append(new Linear(units), row).Name,
        ];
        return draft.Append(cell, inputs);
    }
}
