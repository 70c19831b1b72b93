using Evenkeel.Data.Images;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary>What examples are called.</summary>
internal static class ExampleNames
{
    /// <summary>The images that examples are made of; null for others.</summary>
    public static IImageSource? Images(this IDataset data) =>
        data switch
        {
            ImageDataset images => images.Source,
            InModelOrder ordered => Images(ordered.Inner),
            WithoutLabels plain => Images(plain.Inner),
            _ => null,
        };
}
