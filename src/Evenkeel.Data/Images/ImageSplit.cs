namespace Evenkeel.Data.Images;

/// <summary>Images to train on and images to judge by, of the same classes.</summary>
/// <param name="Train">Images to learn from.</param>
/// <param name="Test">Images that training never sees.</param>
public sealed record ImageSplit(IImageSource Train, IImageSource Test);
