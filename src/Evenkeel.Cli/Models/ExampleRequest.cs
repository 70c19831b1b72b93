using Evenkeel.Data.Images.Transforms;

namespace Evenkeel.Cli.Models;

/// <summary>How images are to become a model's input, as far as it is asked for.</summary>
/// <param name="Scaling">How colours are scaled.</param>
/// <param name="Order">Where the model's input has the channels.</param>
/// <param name="ShorterSide">The shorter side before the middle is cut out.</param>
/// <param name="MaxPixels">Image files of more pixels count as damaged ones.</param>
internal sealed record ImageRequest(ChannelScaling? Scaling, ImageOrder? Order, int? ShorterSide, int? MaxPixels);

/// <summary>Which examples are asked for, and how they are to be read; what is null, the model's file says or a default.</summary>
/// <param name="Option">The option that names the source, for messages.</param>
/// <param name="Source">A name of built-in data or a path.</param>
/// <param name="Encoding">What a grey pixel's value is.</param>
/// <param name="Images">How images become the input.</param>
/// <param name="TestCount">How many examples to judge by.</param>
internal sealed record ExampleRequest(
    string Option,
    string? Source,
    string? Encoding,
    ImageRequest Images,
    int? TestCount
)
{
    /// <summary>Whether anything is asked for that means something for images only.</summary>
    public bool ConcernsImages => Images is not (null, null, null, null);
}
