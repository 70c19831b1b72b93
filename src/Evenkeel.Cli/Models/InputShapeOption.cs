using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Models;

/// <summary>Shapes of inputs that an ONNX file leaves open.</summary>
internal sealed class InputShapeOption
{
    private readonly Option<string[]> _shapes = new("--input-shape")
    {
        Description =
            "For an ONNX file with an input of open size: name and shape with the batch, such as x=1,3,48,192; default: the shape of the data",
        HelpName = "name=n,n,n",
    };

    public void AddTo(Command command) => command.Options.Add(_shapes);

    /// <summary>Whether it is given.</summary>
    public bool IsGiven(ParseResult parse) => parse.GetValue(_shapes) is { Length: > 0 };

    /// <summary>The shapes by the names of inputs.</summary>
    /// <exception cref="UsageException">One is not of this form.</exception>
    public IReadOnlyDictionary<string, ImmutableArray<int>> Read(ParseResult parse) =>
        (parse.GetValue(_shapes) ?? []).Select(Shape).ToDictionary(s => s.Name, s => s.Sizes);

    private static (string Name, ImmutableArray<int> Sizes) Shape(string text)
    {
        int equals = text.LastIndexOf('=');
        ImmutableArray<int> sizes = [.. text[(equals + 1)..].Split(',').Select(Size)];
        return equals > 0 && !sizes.Contains(0)
            ? (text[..equals], sizes)
            : throw new UsageException(
                $"--input-shape: '{text}' is not the name of an input and its sizes with the batch, such as x=1,3,48,192."
            );
    }

    private static int Size(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0;
}
