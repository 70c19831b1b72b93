using System.CommandLine;
using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Graphs;

namespace Evenkeel.Cli.Models;

/// <summary>What every verb asks that runs a trained model on data: the model, the data, how its pixels are read, threads.</summary>
internal sealed class ModelOptions
{
    private const int MostThreads = 1024;
    private const int Digit = 28;

    private readonly ModelArgument _model = new();

    private readonly Option<string?> _source = new("--data")
    {
        Description =
            "Data: digits, mnist, fashion or a folder with MNIST's four files; for images shapes, a folder, a .tar or .tar.gz file; "
            + "arrays, a .npy or .npz file (with an array 'labels' if there are any); that of the training if not given",
        HelpName = "source",
    };

    private readonly Option<string?> _encoding = new("--encoding")
    {
        Description =
            "What a grey pixel's value is: binary, unit, standardized, inverted or faded; that of the training if not given",
        HelpName = "name",
    };

    private readonly ColorOptions _colors = new();

    private readonly Option<int?> _count = new("--test-count") { Description = "Use the first so many test examples" };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads that compute",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public Command AddTo(Command command)
    {
        _model.AddTo(command);
        foreach (Option option in (Option[])[_source, _encoding, _count, _threads])
            command.Options.Add(option);
        _colors.AddTo(command);
        return command;
    }

    /// <inheritdoc cref="ModelArgument.File"/>
    public string ModelFile(ParseResult parse) => _model.File(parse);

    /// <inheritdoc cref="ModelArgument.Load"/>
    public LoadedModel LoadModel(ParseResult parse, CommandContext context) => _model.Load(parse, context);

    /// <inheritdoc cref="ModelArgument.LoadDamaged"/>
    public LoadedModel LoadDamagedModel(ParseResult parse, CommandContext context) =>
        _model.LoadDamaged(parse, context);

    public int Threads(ParseResult parse) =>
        parse.GetValue(_threads) is >= 1 and <= MostThreads and int threads
            ? threads
            : throw new UsageException("--threads: it must be 1 to 1024.");

    /// <summary>Whether the data is named, on the command line or in the model's file.</summary>
    public bool NamesData(ParseResult parse, LoadedModel model) =>
        parse.GetValue(_source) is not null || model.Notes.ContainsKey(DataConfig.Note);

    /// <summary>The examples to look at: test data, or arrays.</summary>
    public IDataset LoadTest(ParseResult parse, LoadedModel model, CommandContext context) =>
        Data(parse, model) is { } data ? DataSource.LoadTest(data, context) : Arrays(parse, model);

    /// <summary>Examples to learn statistics from, and test data to judge them by; of arrays the same.</summary>
    public (IDataset Train, IDataset Test) Load(
        ParseResult parse,
        LoadedModel model,
        ulong seed,
        CommandContext context
    )
    {
        if (Data(parse, model) is { } config)
        {
            LoadedData data = DataSource.Load(config, seed, context);
            return (data.Train, data.Test);
        }

        ArrayDataset arrays = Arrays(parse, model);
        return (arrays, arrays);
    }

    private ArrayDataset Arrays(ParseResult parse, LoadedModel model)
    {
        if (parse.GetValue(_encoding) is not null || _colors.Read(parse) is not null)
            throw new UsageException("--encoding, --mean and --deviation are for images; arrays are read as they are.");
        return ArrayFile.Read(parse.GetValue(_source)!, model, TestCount(parse));
    }

    private int? TestCount(ParseResult parse) =>
        parse.GetValue(_count) is < 1 or > DataConfig.MostExamples
            ? throw new UsageException($"--test-count: it must be 1 to {DataConfig.MostExamples}.")
            : parse.GetValue(_count);

    /// <summary>
    /// The data asked for; null for arrays, which are read as they are. A checkpoint says which data it was made with; on other data, or
    /// data read otherwise, the numbers mean something else.
    /// </summary>
    public DataConfig? Data(ParseResult parse, LoadedModel model)
    {
        string? source = parse.GetValue(_source);
        if (source is not null && ArrayFile.Is(source))
            return null;
        if (source is null && !NamesData(parse, model))
            RequireUsual(model);
        int? count = TestCount(parse);
        DataConfig data = model.Notes.TryGetValue(DataConfig.Note, out string? note)
            ? DataConfig.Parse(note, $"{model.Path} ({DataConfig.Note})")
            : Usual(model.Model.Graph.Input.Shape);
        if (source is not null)
            data = data.Of(DataConfig.FromCommandLine(source));
        if (count is not null)
            data = data with { TestCount = count };
        return data switch
        {
            PixelDataConfig pixels => Read(pixels, parse),
            ImageDataConfig images => Read(images, parse),
            _ => data,
        };
    }

    private PixelDataConfig Read(PixelDataConfig data, ParseResult parse)
    {
        if (_colors.Read(parse) is not null)
            throw new UsageException("--mean and --deviation are for colour images, but the model takes grey pixels.");
        return parse.GetValue(_encoding) is { } name
            ? data with
            {
                Encoding = PixelDataConfig.RequireEncoding(name, "--encoding"),
            }
            : data;
    }

    private ImageDataConfig Read(ImageDataConfig data, ParseResult parse) =>
        parse.GetValue(_encoding) is null
            ? data with
            {
                Scaling = _colors.Read(parse) ?? data.Scaling,
            }
            : throw new UsageException("--encoding: it is for grey pixels, but the model takes colour images.");

    private static void RequireUsual(LoadedModel model)
    {
        Shape input = model.Model.Graph.Input.Shape;
        if (input.Count != Digit * Digit && input.Channels != 3)
        {
            throw new UsageException(
                $"{model.Path}: it does not say what data it is for, and its input is {input}; name data of that shape with --data, such as a .npy file."
            );
        }
    }

    // A file that does not say what data it was made with says by its input which kind it takes.
    private static DataConfig Usual(Shape input) =>
        input.Dimensions is [var height, var width, 3] && height == width
            ? new ImageDataConfig { Size = height }
            : new PixelDataConfig();
}
