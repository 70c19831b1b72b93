namespace Evenkeel.Cli.Models;

/// <summary>Where a model's file has the channels of an image.</summary>
internal enum ImageOrder
{
    /// <summary>[N, C, H, W].</summary>
    ChannelsFirst,

    /// <summary>[N, H, W, C].</summary>
    ChannelsLast,
}
