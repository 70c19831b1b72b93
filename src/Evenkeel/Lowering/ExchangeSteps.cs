using System.Collections.Immutable;

namespace Evenkeel.Lowering;

/// <summary>
/// A step that all slices of a batch take together: each brings its values, and all go on with what they are together. Plans of one slice
/// have none.
/// </summary>
internal abstract record ExchangeStep(string Layer, ImmutableArray<BufferId> Reads, ImmutableArray<BufferId> Writes)
    : Step(Layer, Reads, Writes);

/// <summary>The moments of the slices of each group, merged.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Group">Consecutive slices that share statistics.</param>
/// <param name="Moments">A slice's own, then those of its group.</param>
/// <param name="Mean">Receives the mean of all groups' moments, which the running statistics follow.</param>
internal sealed record ExchangeMoments(string Layer, int Group, BufferId Moments, BufferId Mean)
    : ExchangeStep(Layer, [Moments], [Moments, Mean]);

/// <summary>The sums of gradients that a normalisation needs, over the slices of each group.</summary>
internal sealed record ExchangeSums(string Layer, int Group, BufferId Sums) : ExchangeStep(Layer, [Sums], [Sums]);

/// <summary>A gradient that every slice of a group has of the whole group already.</summary>
internal readonly record struct GroupGradient(BufferId Buffer, int Group);

/// <summary>The mean loss of all examples.</summary>
internal sealed record ExchangeLoss(BufferId Mean) : ExchangeStep("loss", [Mean], [Mean]);

/// <summary>The gradients of all parameters, summed over slices. The steps behind it are taken once, by the first slice.</summary>
/// <param name="Gradients">All gradients.</param>
/// <param name="Grouped">Those that count once for each group.</param>
internal sealed record ExchangeGradients(BufferId Gradients, ImmutableArray<GroupGradient> Grouped)
    : ExchangeStep("gradients", [Gradients, .. Grouped.Select(g => g.Buffer)], [Gradients]);
