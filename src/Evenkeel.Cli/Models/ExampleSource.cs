using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary>
/// The one place that decides how examples are read: from what is asked for, what lies at the source, what the model's file says of its
/// training, and the shape of its input.
/// </summary>
internal sealed class ExampleSource
{
    private readonly LoadedModel _model;
    private readonly ExampleRequest _request;
    private readonly InputForm? _form;

    /// <summary>Decides.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="model">What it is for.</param>
    /// <exception cref="UsageException">There is no such data, or it and the model do not go together.</exception>
    public ExampleSource(ExampleRequest request, LoadedModel model)
    {
        (_request, _model) = (request, model);
        SourceKind kind = request.Source is { } source ? SourceKinds.Of(source, request.Option) : KindWithoutSource();
        Config = kind switch
        {
            SourceKind.Arrays => OfArrays(),
            SourceKind.Pixels => Pixels(),
            _ => Images(_form = FormOfImages()),
        };
        _form ??= kind == SourceKind.Pixels ? InputForm.Of(model, request.Images.Order) : null;
    }

    /// <summary>The data and how it is read; null for arrays of a file that is named, which are read as they are.</summary>
    public DataConfig? Config { get; }

    /// <summary>The examples to look at or to judge by, mixed or in the order of the source.</summary>
    public IDataset LoadTest(CommandContext context, bool inOrder = false) =>
        Told(context) is { } config
            ? InOrderOfModel(DataSource.LoadTest(config, context.Host, context.Cancellation, inOrder))
            : Arrays();

    /// <summary>Examples to learn statistics from, and those to judge by; the same where the source is not split.</summary>
    public (IDataset Train, IDataset Test) LoadParts(ulong seed, CommandContext context)
    {
        if (Told(context) is not { } config)
        {
            IDataset arrays = Arrays();
            return (arrays, arrays);
        }

        (IDataset train, IDataset test) = DataSource.LoadParts(config, seed, context.Host, context.Cancellation);
        return (InOrderOfModel(train), InOrderOfModel(test));
    }

    /// <summary>Examples with the targets of the training.</summary>
    public IDataset Aim(IDataset data) => Noted is { } noted ? noted.Aim(data) : data;

    private DataConfig? Told(CommandContext context)
    {
        if (Config is ImageDataConfig { Frame: { Channels: 1 } frame })
            context.Note(
                $"The input '{_model.InputName}' has one channel: images were converted to grey, {frame.Height} high and {frame.Width} wide."
            );
        return Config;
    }

    private IDataset Arrays() => ArrayFile.Read(_request.Source!, _model, _request.TestCount);

    private IDataset InOrderOfModel(IDataset data) =>
        _form is { IsPlain: false } form && data.InputLength == form.Shape.Count ? new InModelOrder(data, form) : data;

    private DataConfig? Noted =>
        _model.Notes.TryGetValue(DataConfig.Note, out string? note)
            ? DataConfig.Parse(note, $"{_model.Path} ({DataConfig.Note})")
            : null;

    // A file that does not say what data it was made with says by its input which kind it takes.
    private SourceKind KindWithoutSource()
    {
        if (Noted is GivenDataConfig { Source: var given })
            throw new UsageException(
                $"{_model.Path}: it was trained on '{given}', which a program gave; name data with --data, such as a .npy file."
            );
        if (Noted is { } noted)
            return noted switch
            {
                ImageDataConfig => SourceKind.Images,
                ArrayDataConfig => SourceKind.Arrays,
                _ => SourceKind.Pixels,
            };
        Shape input = _model.Model.Graph.Input.Shape;
        return input.Count == PixelDataConfig.Pixels ? SourceKind.Pixels
            : InputForm.Of(_model, _request.Images.Order) is { Frame.Channels: 3 } ? SourceKind.Images
            : throw new UsageException(
                $"{_model.Path}: it names no data, and its input is {input}; name data of that shape with --data, such "
                    + "as a .npy file."
            );
    }

    // Those of the training, unless a file is named.
    private DataConfig? OfArrays() =>
        _request is { Encoding: null, ConcernsImages: false }
            ? _request.Source is null && Noted is { } noted
                ? Sourced(noted)
                : null
            : throw new UsageException(
                "--encoding, --mean, --deviation, --scale, --layout, --resize and --max-pixels are for images, but this data is arrays; leave them out."
            );

    private PixelDataConfig Pixels()
    {
        if (_request.Images is not { Scaling: null, ShorterSide: null, MaxPixels: null })
            throw new UsageException(
                "--mean, --deviation, --scale, --resize and --max-pixels are for colour images, but this data has grey pixels; use --encoding."
            );
        PixelDataConfig data = Sourced(Noted as PixelDataConfig ?? new PixelDataConfig());
        return _request.Encoding is { } name
            ? data with
            {
                Encoding = PixelDataConfig.RequireEncoding(name, "--encoding"),
            }
            : data;
    }

    private ImageDataConfig Images(InputForm form)
    {
        if (_request.Encoding is not null)
            throw new UsageException("--encoding is for grey pixels, but the model takes colour images; leave it out.");
        ImageDataConfig data = Sourced(Noted as ImageDataConfig ?? new ImageDataConfig { Size = form.Frame.Height });
        return data with
        {
            Frame = form.Frame with { ShorterSide = _request.Images.ShorterSide },
            Scaling = _request.Images.Scaling ?? data.Scaling,
            MaxPixels = _request.Images.MaxPixels ?? data.MaxPixels,
        };
    }

    private InputForm FormOfImages()
    {
        InputForm form =
            InputForm.Of(_model, _request.Images.Order)
            ?? throw new UsageException(
                $"{_request.Option}: images are for inputs [N, 3, H, W], [N, H, W, 3] or such with one channel, but the input "
                    + $"'{_model.InputName}' takes [N, {string.Join(", ", _model.Layout.Dimensions(_model.Model.Graph.Input.Shape))}]; "
                    + "give a .npy file."
            );
        int shorter = Math.Min(form.Frame.Height, form.Frame.Width);
        return _request.Images.ShorterSide < shorter
            ? throw new UsageException(
                $"--resize: it must be {shorter} or more, the shorter side of the model's input."
            )
            : form;
    }

    private T Sourced<T>(T data)
        where T : DataConfig
    {
        DataConfig sourced = _request.Source is { } source ? data.Of(DataConfig.FromCommandLine(source)) : data;
        return (T)(_request.TestCount is { } count ? sourced with { TestCount = count } : sourced);
    }
}
