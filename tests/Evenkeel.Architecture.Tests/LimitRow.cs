using System.Globalization;
using System.Text.RegularExpressions;

namespace Evenkeel.Architecture.Tests;

/// <summary>A row of docs/limits.md.</summary>
/// <param name="What">What is bounded.</param>
/// <param name="Figure">The number that its limit begins with: 65,500 or 0.1 or 2^28 or 2^31 - 57.</param>
/// <param name="Raised">What raises it.</param>
/// <param name="Name">Type and member that hold it in the code.</param>
internal sealed partial record LimitRow(string What, double Figure, string Raised, string Name)
{
    public static LimitRow Of(string line)
    {
        string[] cells = [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
        Match figure = Number().Match(cells[1]);
        Assert.True(cells.Length == 4 && figure.Success, $"A row of four cells with a figure is expected: {line}");
        double number = Parse(figure.Groups["number"].Value);
        if (figure.Groups["power"] is { Success: true } power)
            number = Math.Pow(number, Parse(power.Value));
        if (figure.Groups["less"] is { Success: true } less)
            number -= Parse(less.Value);
        return new LimitRow(cells[0], number, cells[2], cells[3].Trim('`'));
    }

    private static double Parse(string text) =>
        double.Parse(text.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<number>\d[\d,]*(\.\d+)?)(\^(?<power>\d+)( - (?<less>\d+))?)?")]
    private static partial Regex Number();
}
