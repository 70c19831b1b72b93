namespace Evenkeel.Data.Mnist;

/// <summary>How data is downloaded.</summary>
public sealed record MnistDownloadOptions
{
    /// <summary>Folder that holds one folder per data set; <see cref="MnistFiles.DefaultCacheFolder"/> where null.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Mirrors to use in place of the data set's own; each ends in '/'.</summary>
    public IReadOnlyList<Uri>? Mirrors { get; init; }

    /// <summary>The longest wait for a mirror to answer, and for each piece of data after that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told about each piece that arrives.</summary>
    public IProgress<MnistDownloadProgress>? Progress { get; init; }
}

/// <summary>How far the download of one file is.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Bytes">Bytes received.</param>
/// <param name="TotalBytes">Bytes of the whole file, or null where the mirror does not say.</param>
public readonly record struct MnistDownloadProgress(string File, Uri Source, long Bytes, long? TotalBytes);
