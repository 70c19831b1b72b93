using System.CommandLine;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Models;

/// <summary>What <c>evenkeel run</c> is given: one array as it is, or the examples of any other source.</summary>
internal sealed class RunInput
{
    private readonly Argument<string?> _source = new("source")
    {
        Description =
            "The batch: a .npy or .npz file, a JPEG or PNG file, a folder of images, or anything that --data of 'evenkeel eval' takes",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _input = new("--input")
    {
        Description = "The batch, in place of 'source': SOURCE or NAME=SOURCE",
        HelpName = "name=source",
    };

    private readonly ImageOptions _images = new();

    public void AddTo(Command command)
    {
        command.Arguments.Add(_source);
        command.Options.Add(_input);
        _images.AddTo(command);
    }

    /// <summary>How the model is read: sizes that it leaves open are those of the input.</summary>
    public ModelReading ForModel(ParseResult parse, CommandContext context)
    {
        ExampleRequest request = Request(parse, Split(Given(parse)).File);
        return ModelReading.ToUse with { ShapeFromData = input => OpenSizes.Of(input, request, context) };
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">It does not fit the model; the message says why.</exception>
    public RunBatch Read(ParseResult parse, LoadedModel model, CommandContext context)
    {
        string source = FileOf(Given(parse), model.InputName);
        var examples = new ExampleSource(Request(parse, source), model);
        if (examples.Config is null)
        {
            using var arrays = new InputArrays(source, model.InputName);
            return new RunBatch(arrays.Values(model.Model.Graph.Input.Shape, model.Layout), []);
        }

        IDataset data = examples.LoadTest(context, inOrder: true);
        return new RunBatch(data.Inputs(), Names(data));
    }

    private string Given(ParseResult parse) =>
        (parse.GetValue(_source), parse.GetValue(_input)) switch
        {
            ({ } source, null) => source,
            (null, { } input) => input,
            (null, null) => throw new UsageException(
                "name what the model reads: a .npy or .npz file, an image, or a folder of images."
            ),
            _ => throw new UsageException("--input: the batch is named already; leave one of the two out."),
        };

    // The file of NAME=FILE or FILE, after the name was held against the model's.
    private static string FileOf(string argument, string input)
    {
        (string? name, string file) = Split(argument);
        return name is null || name == input
            ? file
            : throw new UsageException($"--input: the model has no input '{name}'; its input is '{input}'.");
    }

    private static (string? Name, string File) Split(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 || Path.Exists(argument) ? (null, argument) : (argument[..equals], argument[(equals + 1)..]);
    }

    private ExampleRequest Request(ParseResult parse, string source) =>
        new("--input", source, null, _images.Read(parse), null);

    private static string[] Names(IDataset data) =>
        data.Images() is { } images
            ? [.. Enumerable.Range(0, data.Count).Select(images.Describe)]
            : [.. Enumerable.Range(0, data.Count).Select(i => $"{data.Name} {i}")];
}

/// <summary>A batch as the model takes it.</summary>
/// <param name="Values">[examples, ...input], in the model's order.</param>
/// <param name="Names">What each example is called; none for arrays.</param>
internal sealed record RunBatch(float[] Values, IReadOnlyList<string> Names);
