using System.CommandLine;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary>What every verb asks that runs a trained model on data: the model, the data, how its pixels are read, threads.</summary>
internal sealed class ModelOptions
{
    private readonly ModelArgument _model = new();

    private readonly Option<string?> _source = new("--data")
    {
        Description =
            "Data: digits, mnist, fashion, shapes; arrays, a .npy or .npz file (with an array 'labels' or 'targets' if there are any); images, a folder of "
            + "them, with one folder per class, or with train/ and test/; a .tar or .tar.gz file, CIFAR's binary files; MNIST's "
            + "four files; default: the data of the training",
        HelpName = "source",
    };

    private readonly Option<string?> _encoding = new("--encoding")
    {
        Description =
            "The value of a grey pixel: binary, unit, standardized, inverted or faded; default: that of the training",
        HelpName = "name",
    };

    private readonly ImageOptions _images = new();

    private readonly MemoryOption _memory = new(
        "smaller batches, a smaller --test-count or a model with smaller inputs"
    );

    private readonly Option<int?> _count = new Option<int?>("--test-count")
    {
        Description = "Number of test examples to use, from the start",
    }.Within(1, DataConfig.MaxExamples);

    private readonly Option<int> _threads = NumberRange.Threads();

    public Command AddTo(Command command)
    {
        _model.AddTo(command);
        foreach (Option option in (Option[])[_source, _encoding, _count, _threads])
            command.Options.Add(option);
        _images.AddTo(command);
        _memory.AddTo(command);
        return command;
    }

    /// <inheritdoc cref="ModelArgument.File"/>
    public string ModelFile(ParseResult parse) => _model.File(parse);

    /// <summary>Reads the model to compute with it, and tells what that assumed.</summary>
    public LoadedModel LoadModel(ParseResult parse, CommandContext context) => Load(parse, ModelReading.ToUse, context);

    /// <summary>The same for a model whose values may be damaged: to look at and to repair.</summary>
    public LoadedModel LoadDamagedModel(ParseResult parse, CommandContext context) =>
        Load(parse, ModelReading.ToRepair, context);

    private LoadedModel Load(ParseResult parse, ModelReading reading, CommandContext context)
    {
        ExampleRequest request = Request(parse);
        return _model.Load(parse, reading with { ShapeFromData = i => OpenSizes.Of(i, request, context) }, context);
    }

    /// <inheritdoc cref="MemoryOption.Require(ParseResult, CommandContext, MemoryNeed)"/>
    public void RequireMemory(ParseResult parse, CommandContext context, MemoryNeed need) =>
        _memory.Require(parse, context, need);

    /// <summary>Threads that compute.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="usual">Where it does not say; null for all of the machine's.</param>
    public int Threads(ParseResult parse, int? usual = null) =>
        usual is { } number && parse.GetResult(_threads) is not { Implicit: false } ? number : parse.GetValue(_threads);

    /// <summary>Whether the data is named, on the command line or in the model's file.</summary>
    public bool NamesData(ParseResult parse, LoadedModel model) =>
        parse.GetValue(_source) is not null || model.Notes.ContainsKey(DataConfig.Note);

    /// <summary>The examples to look at: test data, or arrays.</summary>
    public IDataset LoadTest(ParseResult parse, LoadedModel model, CommandContext context)
    {
        ExampleSource examples = Examples(parse, model);
        return examples.Aim(examples.LoadTest(context));
    }

    /// <summary>Examples to learn statistics from, and test data to judge them by; the same where the source is not split.</summary>
    public (IDataset Train, IDataset Test) Load(
        ParseResult parse,
        LoadedModel model,
        ulong seed,
        CommandContext context
    )
    {
        ExampleSource examples = Examples(parse, model);
        (IDataset train, IDataset test) = examples.LoadParts(seed, context);
        return (examples.Aim(train), examples.Aim(test));
    }

    /// <summary>
    /// The data asked for; null for arrays, which are read as they are. A checkpoint says which data it was made with; on other data, or
    /// data read otherwise, the numbers mean something else.
    /// </summary>
    public DataConfig? Data(ParseResult parse, LoadedModel model) => Examples(parse, model).Config;

    private ExampleSource Examples(ParseResult parse, LoadedModel model) => new(Request(parse), model);

    private ExampleRequest Request(ParseResult parse) =>
        new("--data", parse.GetValue(_source), parse.GetValue(_encoding), _images.Read(parse), parse.GetValue(_count));
}
