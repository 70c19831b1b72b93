namespace Evenkeel.Data.Images.Cifar;

/// <summary>The classes of CIFAR-10.</summary>
internal static class CifarNames
{
    /// <summary>By label.</summary>
    public static IReadOnlyList<string> Ten { get; } =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
}
