namespace Evenkeel.Normalization;

/// <summary>
/// How a batch normalisation reads one example: as rows of one value for each of its statistics. The layer itself gives it for the shape
/// that it is fed (<see cref="Layers.BatchNorm.StatisticsOf"/>); whatever counts statistics or values asks there.
/// </summary>
/// <param name="Count">Means, variances, scales and shifts that the layer keeps: one for each channel, or for each value of an example.</param>
/// <param name="ValuesPerExample">Values of one example that share each of them: its positions, or 1.</param>
public readonly record struct StatisticsLayout(int Count, int ValuesPerExample);
