namespace Evenkeel.Data.Images.Files;

/// <summary>What becomes of files whose header shows that they cannot be read.</summary>
public enum InvalidFiles
{
    /// <summary>They are left out, counted and listed.</summary>
    Skip,

    /// <summary>The first is an error.</summary>
    Refuse,
}

/// <summary>What becomes of files that turn out to be damaged when they are decoded.</summary>
public enum UndecodableFiles
{
    /// <summary>They are an error, which names the file.</summary>
    Refuse,

    /// <summary>The next image of the same class that can be decoded takes its place, and it is counted.</summary>
    Replace,
}

/// <summary>How image files are opened and read.</summary>
public sealed record ImageReadOptions
{
    /// <summary>What becomes of files whose header shows that they cannot be read.</summary>
    public InvalidFiles InvalidFiles { get; init; } = InvalidFiles.Skip;

    /// <summary>More skipped files than this share of all is an error, 0 to 1.</summary>
    public double MaxSkipped
    {
        get;
        init =>
            field = value is >= 0 and <= 1
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "The share must be in [0, 1].");
    } = 0.1;

    /// <summary>What becomes of files that turn out to be damaged when they are decoded.</summary>
    public UndecodableFiles UndecodableFiles { get; init; } = UndecodableFiles.Refuse;

    /// <summary>What is read and decoded at most; larger images are treated as files that cannot be read.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>What decodes JPEG files.</summary>
    public DecoderChoice Decoder { get; init; } = DecoderChoice.Fastest;
}
