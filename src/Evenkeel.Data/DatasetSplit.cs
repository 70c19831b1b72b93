namespace Evenkeel;

/// <summary>Training data and test data.</summary>
/// <param name="Train">Examples to train on.</param>
/// <param name="Test">Examples for evaluation, which training never uses.</param>
public sealed record DatasetSplit(IDataset Train, IDataset Test);
