using System.Collections.Immutable;

namespace Evenkeel.Lowering;

/// <summary>
/// A step that all slices of a batch take together: each brings its values, and all go on with what they are together. Plans of one slice
/// have none.
/// </summary>
internal abstract record ExchangeStep(
    string Layer,
    string What,
    ImmutableArray<BufferId> Reads,
    ImmutableArray<BufferId> Writes
) : Step(Layer, Reads, Writes)
{
    /// <summary>What ranks wait for, as errors say it: "exchange of gradients 2 of 3".</summary>
    public string Name { get; } = $"exchange of {What}";
}

/// <summary>The moments of the slices of each group, merged.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Group">Consecutive slices that share statistics.</param>
/// <param name="Moments">A slice's own, then those of its group.</param>
internal sealed record ExchangeMoments(string Layer, int Group, BufferId Moments)
    : ExchangeStep(Layer, $"moments of {Layer}", [Moments], [Moments]);

/// <summary>The sums of gradients that a normalisation needs, over the slices of each group.</summary>
internal sealed record ExchangeSums(string Layer, int Group, BufferId Sums)
    : ExchangeStep(Layer, $"sums of {Layer}", [Sums], [Sums]);

/// <summary>A layer whose slices share statistics in groups.</summary>
/// <param name="Group">Consecutive slices that share statistics.</param>
/// <param name="Moments">Those of a slice's group.</param>
/// <param name="Mean">Receives the mean of all groups' moments, which the running statistics follow.</param>
internal readonly record struct GroupedMoments(int Group, BufferId Moments, BufferId Mean);

/// <summary>The mean of the moments of all groups, of all layers at once: nothing needs it before the end of a step.</summary>
internal sealed record ExchangeMeans(ImmutableArray<GroupedMoments> Grouped)
    : ExchangeStep(
        "statistics",
        "the means of all groups' moments",
        [.. Grouped.Select(l => l.Moments)],
        [.. Grouped.Select(l => l.Mean)]
    );

/// <summary>A gradient that every slice of a group has of the whole group already.</summary>
internal readonly record struct GroupGradient(BufferId Buffer, int Group);

/// <summary>The mean loss of all examples.</summary>
internal sealed record ExchangeLoss(BufferId Mean) : ExchangeStep("loss", "the loss", [Mean], [Mean]);

/// <summary>Begins to sum some gradients over slices, right behind the last step that writes them; the steps behind it do not touch them.</summary>
/// <param name="Layer">Which they are of all gradients, in words.</param>
/// <param name="Gradients">What lies in a row.</param>
/// <param name="Grouped">Those that count once for each group.</param>
internal sealed record ExchangeGradients(string Layer, BufferId Gradients, ImmutableArray<GroupGradient> Grouped)
    : ExchangeStep(Layer, Layer, [Gradients, .. Grouped.Select(g => g.Buffer)], [Gradients]);

/// <summary>Waits for the sums of all gradients. The steps behind it are taken once, by the first slice.</summary>
internal sealed record FinishGradients(BufferId Gradients)
    : ExchangeStep("gradients", "gradients", [Gradients], [Gradients]);
