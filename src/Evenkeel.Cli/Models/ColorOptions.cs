using System.CommandLine;
using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Images.Transforms;

namespace Evenkeel.Cli.Models;

/// <summary>How colours are scaled for a model that does not say it: (pixel / 255 - mean) / deviation.</summary>
internal sealed class ColorOptions
{
    private readonly Option<string?> _mean = new("--mean")
    {
        Description =
            "Mean of red, green and blue as fractions of 255, such as 0.485,0.456,0.406; that of the training if not given",
        HelpName = "r,g,b",
    };

    private readonly Option<string?> _deviation = new("--deviation")
    {
        Description = "Standard deviation of red, green and blue, such as 0.229,0.224,0.225",
        HelpName = "r,g,b",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_mean);
        command.Options.Add(_deviation);
    }

    /// <summary>The scaling asked for, or null.</summary>
    /// <exception cref="UsageException">One of the two is missing, or they are not three numbers each.</exception>
    public ChannelScaling? Read(ParseResult parse) =>
        (parse.GetValue(_mean), parse.GetValue(_deviation)) switch
        {
            (null, null) => null,
            ({ } mean, { } deviation) => Scaling(Colors("--mean", mean), Colors("--deviation", deviation)),
            _ => throw new UsageException("--mean and --deviation go together; give both."),
        };

    private static ChannelScaling Scaling(Rgb mean, Rgb deviation) =>
        deviation is { Red: > 0, Green: > 0, Blue: > 0 }
            ? new ChannelScaling(mean, deviation)
            : throw new UsageException("--deviation: the numbers must be above 0.");

    private static Rgb Colors(string option, string text)
    {
        double[] values =
        [
            .. text.Split(',')
                .Select(part =>
                    double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                        ? value
                        : double.NaN
                ),
        ];
        return values.Length == 3 && values.All(double.IsFinite)
            ? new Rgb(values[0], values[1], values[2])
            : throw new UsageException($"{option}: '{text}' is not three numbers with commas between.");
    }
}
