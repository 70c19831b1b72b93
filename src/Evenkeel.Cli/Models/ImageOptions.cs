using System.CommandLine;
using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary>How images become a model's input: (pixel * scale - mean) / deviation, in which order, and which part of them.</summary>
internal sealed class ImageOptions
{
    private const double UnitScale = 1.0 / 255;

    private readonly Option<string?> _mean = new("--mean")
    {
        Description =
            "For images: the mean of red, green and blue (or one number) to subtract, such as 0.485,0.456,0.406; "
            + "that of the training if not given",
        HelpName = "r,g,b",
    };

    private readonly Option<string?> _deviation = new("--deviation")
    {
        Description =
            "For images: the standard deviation of red, green and blue to divide by after that, such as 0.229,0.224,0.225",
        HelpName = "r,g,b",
    };

    private readonly Option<string?> _scale = new("--scale")
    {
        Description =
            "For images: a factor for pixel values from 0 to 255, applied first: a number or a fraction (default: 1/255); also alone, without mean "
            + "and deviation",
        HelpName = "number",
    };

    private readonly Option<string?> _layout = new("--layout")
    {
        Description =
            "The order of dimensions of the model's input: nchw or nhwc; default: the order that fits its shape",
        HelpName = "order",
    };

    private readonly Option<int?> _resize = new Option<int?>("--resize")
    {
        Description = "For images: the shorter side in pixels before the centre is cropped; default: that of the input",
    }.Within(1, 65_536);

    private readonly Option<int?> _maxPixels = new Option<int?>("--max-pixels")
    {
        Description = "For images: the most pixels that a file may have (default: 100000000)",
    }.Within(1, ImageDataConfig.MaxPixelsLimit);

    private Option[] All => [_mean, _deviation, _scale, _layout, _resize, _maxPixels];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>What is asked for.</summary>
    /// <exception cref="UsageException">A value is no number, mean or deviation is missing, or there is no such order.</exception>
    public ImageRequest Read(ParseResult parse) =>
        new(
            (parse.GetValue(_mean), parse.GetValue(_deviation), parse.GetValue(_scale)) switch
            {
                (null, null, null) => null,
                (null, null, { } scale) => Scaling("0", "1", scale),
                ({ } mean, { } deviation, var scale) => Scaling(mean, deviation, scale),
                _ => throw new UsageException("--mean and --deviation must be given together."),
            },
            parse.GetValue(_layout) switch
            {
                null => null,
                "nchw" => ImageOrder.ChannelsFirst,
                "nhwc" => ImageOrder.ChannelsLast,
                var other => throw new UsageException($"--layout: '{other}' is not one of nchw, nhwc."),
            },
            parse.GetValue(_resize),
            parse.GetValue(_maxPixels)
        );

    // (p s - m) / d = (p / 255 - m / 255 s) / (d / 255 s).
    private static ChannelScaling Scaling(string mean, string deviation, string? scale)
    {
        double unit = scale is null ? UnitScale : Fraction(scale);
        if (!(unit > 0))
            throw new UsageException($"--scale: '{scale}' is not a number above 0, or a fraction such as 1/255.");
        Rgb m = Colors("--mean", mean),
            d = Colors("--deviation", deviation);
        if (d is not { Red: > 0, Green: > 0, Blue: > 0 })
            throw new UsageException("--deviation: the numbers must be above 0.");
        // Exactly as given where the scale is the usual one.
        double factor = unit == UnitScale ? 1 : 255 * unit;
        return new ChannelScaling(
            new Rgb(m.Red / factor, m.Green / factor, m.Blue / factor),
            new Rgb(d.Red / factor, d.Green / factor, d.Blue / factor)
        );
    }

    private static Rgb Colors(string option, string text) =>
        text.Split(',').Select(Number).ToArray() switch
        {
            [var grey] when double.IsFinite(grey) => new Rgb(grey, grey, grey),
            [var red, var green, var blue] when double.IsFinite(red + green + blue) => new Rgb(red, green, blue),
            _ => throw new UsageException($"{option}: '{text}' is not three numbers with commas between, or one."),
        };

    private static double Fraction(string text) =>
        text.Split('/').Select(Number).ToArray() switch
        {
            [var whole] => whole,
            [var above, var below] => above / below,
            _ => double.NaN,
        };

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
