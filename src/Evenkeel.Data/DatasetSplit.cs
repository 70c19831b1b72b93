namespace Evenkeel;

/// <summary>Data to train on and data to judge by.</summary>
/// <param name="Train">Examples to learn from.</param>
/// <param name="Test">Examples that training never sees.</param>
public sealed record DatasetSplit(IDataset Train, IDataset Test);
