using Evenkeel.Layers;

namespace Evenkeel;

public sealed partial class Network
{
    /// <summary>Appends decorrelated batch normalisation: whitening by the inverse root of the covariance.</summary>
    /// <param name="groupSize">Channels that are whitened together, a divisor of the channels; 0 for all of them.</param>
    /// <param name="convention">Epsilon and running statistics; null: the default convention.</param>
    /// <param name="name">Name; null for kind and number.</param>
    /// <exception cref="GraphException">The channels cannot be divided so, or the convention is not one of whitening.</exception>
    public Network DecorrelatedBatchNorm(
        int groupSize = WhiteningNorm.DefaultGroupSize,
        BatchNormConvention? convention = null,
        string? name = null
    ) => Add(new DecorrelatedBatchNorm(groupSize, convention ?? BatchNormConvention.Default), name);

    /// <summary>Appends iterative normalisation: whitening by Newton's iterations.</summary>
    /// <param name="iterations">Iterations, 1 to 64.</param>
    /// <param name="groupSize">Channels that are whitened together, a divisor of the channels; 0 for all of them.</param>
    /// <param name="convention">Epsilon and running statistics; null: the default convention.</param>
    /// <param name="name">Name; null for kind and number.</param>
    /// <exception cref="GraphException">
    /// The channels cannot be divided so, there are too few or too many iterations, or the convention is not one of whitening.
    /// </exception>
    public Network IterNorm(
        int iterations = Layers.IterNorm.DefaultIterations,
        int groupSize = WhiteningNorm.DefaultGroupSize,
        BatchNormConvention? convention = null,
        string? name = null
    ) => Add(new IterNorm(iterations, groupSize, convention ?? BatchNormConvention.Default), name);
}
