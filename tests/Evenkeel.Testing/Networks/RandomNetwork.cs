using System.Collections.Immutable;
using CsCheck;
using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// A random network over every kind of layer, drawn from a <see cref="NetworkRecipe"/>: rows, sequences and images of odd sizes, branches, values with
/// several readers or none, and what rewrites look for.
/// </summary>
public sealed class RandomNetwork
{
    private const int WholeNumbers = 16;
    private const int NumbersPerChoice = 20;

    /// <summary>The network of a recipe.</summary>
    public RandomNetwork(NetworkRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        Recipe = recipe;
        var whole = new Draw(recipe.Whole);
        ValueSeed = whole.Next();
        Batch = whole.Between(2, 5);
        bool classifies = whole.Flag();
        var draft = new NetworkDraft(whole.Flag(4) ? "x" : "input", InputShape(whole));
        foreach (ImmutableArray<uint> row in recipe.Choices)
            Choose(draft, new Draw(row));
        if (classifies)
            EndInClasses(draft, whole);
        if (draft.Nodes.Count == 1)
            draft.Append(new Relu());
        Graph = new Graph(draft.Nodes, Outputs(draft, whole));
    }

    /// <summary>Recipes of networks of up to about twenty layers.</summary>
    public static Gen<NetworkRecipe> Recipes { get; } =
        Gen.Select(
            Gen.UInt.Array[WholeNumbers],
            Gen.UInt.Array[NumbersPerChoice].Array[1, 9],
            (whole, choices) => new NetworkRecipe([.. whole], [.. choices.Select(c => c.ToImmutableArray())])
        );

    /// <summary>The kinds of layers that are drawn.</summary>
    public static IReadOnlyCollection<Type> LayerKinds { get; } = [.. LayerChoices.All.Select(c => c.Layer).Distinct()];

    /// <summary>The numbers that the network was drawn from.</summary>
    public NetworkRecipe Recipe { get; }

    /// <summary>The network.</summary>
    public Graph Graph { get; }

    /// <summary>Seed of tensors and data.</summary>
    public uint ValueSeed { get; }

    /// <summary>Examples in a batch, 2 or more.</summary>
    public int Batch { get; }

    /// <summary>Whether each example gives one row of class scores.</summary>
    public bool Classifies => Graph.Output.Shape is { Positions: 1, Channels: > 1 };

    /// <summary>The network as JSON, behind the recipe that repeats it.</summary>
    public override string ToString() => $"{Recipe}\n{GraphJson.ToText(Graph)}";

    private static Shape InputShape(Draw d) =>
        d.Below(7) switch
        {
            0 => new Shape(d.Between(1, 9)),
            1 => new Shape(d.Between(1, 6), d.Between(1, 6)),
            2 => new Shape(d.Between(1, 5), d.Between(1, 5), d.Between(1, 5), d.Between(1, 4)),
            _ => new Shape(d.Between(1, 9), d.Between(1, 9), d.Between(1, 5)),
        };

    // The last value, and in one of four networks others beside it, which may go by another name outside.
    private static IEnumerable<GraphOutput> Outputs(NetworkDraft draft, Draw d)
    {
        yield return new GraphOutput(draft.Last.Name, d.Flag(4) ? "scores" : null);
        for (int i = d.Flag(4) ? d.Between(1, 2) : 0; i > 0; i--)
            yield return new GraphOutput(draft.Nodes[1 + d.Below(draft.Nodes.Count - 1)].Name, $"other{i}");
    }

    private static void Choose(NetworkDraft draft, Draw d)
    {
        // Mostly the last value; an earlier one begins another branch.
        int back = d.Flag(5) ? d.Below(draft.Nodes.Count) : 0;
        string last = draft.Last.Name;
        Action<NetworkDraft, Draw> append = d.Below(5) < 3 ? SomeLayer(d).Append : d.Of(LayerPatterns.All.AsSpan());
        if (back > 0)
            draft.Return(draft.Nodes[^back].Name);
        if (!draft.TryAppend(n => append(n, d)))
            draft.Return(last);
    }

    private static LayerChoice SomeLayer(Draw d)
    {
        int place = d.Below(LayerChoices.All.Sum(c => c.Weight));
        foreach (LayerChoice choice in LayerChoices.All)
        {
            place -= choice.Weight;
            if (place < 0)
                return choice;
        }

        throw new InvalidOperationException("The weights do not add up.");
    }

    private static void EndInClasses(NetworkDraft draft, Draw d)
    {
        if (draft.Last.Shape.Positions > 1)
            draft.Append(d.Flag() && draft.Last.Shape.Dimensions.Length == 3 ? new GlobalAveragePool() : new Flatten());
        draft.Append(new Linear(d.Between(2, 4)));
        if (d.Flag(4))
            draft.Append(d.Flag() ? new Softmax() : new LogSoftmax());
    }
}
