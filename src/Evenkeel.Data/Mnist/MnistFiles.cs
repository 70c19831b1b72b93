using Evenkeel.Data;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Mnist;

namespace Evenkeel;

/// <summary>MNIST and Fashion-MNIST from a folder, or downloaded to the cache folder.</summary>
public static class MnistFiles
{
    private const int Side = 28;

    /// <summary>
    /// The folder for downloads: the value of the environment variable EVENKEEL_CACHE, or else "evenkeel" in the system's folder for local
    /// application data.
    /// </summary>
    public static string DefaultCacheFolder
    {
        get
        {
            string? chosen = Environment.GetEnvironmentVariable("EVENKEEL_CACHE");
            return string.IsNullOrWhiteSpace(chosen)
                ? Path.Combine(
                    Environment.GetFolderPath(
                        Environment.SpecialFolder.LocalApplicationData,
                        Environment.SpecialFolderOption.DoNotVerify
                    ),
                    "evenkeel"
                )
                : chosen;
        }
    }

    /// <summary>Reads the four files of a folder; each may be compressed or plain.</summary>
    /// <param name="variant">Which data set.</param>
    /// <param name="folder">The folder that holds the files.</param>
    /// <param name="encoding">The value of a pixel; null for <see cref="PixelEncoding.Binary"/>.</param>
    /// <returns>Images as vectors of shape [784]; both parts are <see cref="InMemoryDataset"/>.</returns>
    /// <exception cref="DataFormatException">The folder or a file is missing or damaged, or files do not match.</exception>
    public static DatasetSplit Load(MnistVariant variant, string folder, PixelEncoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(variant);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new DataFormatException(
                $"{folder}: the folder does not exist; {variant.Name} needs a folder with {FileNames(variant.Files)}."
            );
        }

        List<MnistFile> missing = Missing(variant, folder);
        if (missing.Count > 0)
        {
            throw new DataFormatException(
                $"{folder}: {variant.Name} needs {FileNames(missing)} there too, compressed or without .gz."
            );
        }

        PixelEncoding values = encoding ?? PixelEncoding.Binary;
        return new DatasetSplit(
            Part($"{variant.Name} train", folder, variant.TrainImages, variant.TrainLabels, values),
            Part($"{variant.Name} test", folder, variant.TestImages, variant.TestLabels, values)
        );
    }

    /// <summary>Downloads the files that the cache folder lacks, and reads the data set from the folder.</summary>
    /// <param name="variant">Which data set.</param>
    /// <param name="options">Cache folder, mirrors, progress; null for the defaults.</param>
    /// <param name="encoding">The value of a pixel; null for <see cref="PixelEncoding.Binary"/>.</param>
    /// <param name="cancellation">Stops the download; no incomplete file remains.</param>
    /// <exception cref="DataUnavailableException">
    /// No mirror provided a file; the message names the missing files and the folder for them.
    /// </exception>
    /// <exception cref="DataFormatException">A file of the cache is damaged.</exception>
    /// <exception cref="OperationCanceledException">The download was stopped.</exception>
    public static async Task<DatasetSplit> LoadOrDownloadAsync(
        MnistVariant variant,
        MnistDownloadOptions? options = null,
        PixelEncoding? encoding = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(variant);
        options ??= new MnistDownloadOptions();
        string folder = Path.Combine(options.CacheFolder ?? DefaultCacheFolder, variant.Folder);
        List<MnistFile> missing = Missing(variant, folder);
        if (missing.Count > 0)
            await MnistDownload.RunAsync(variant, missing, folder, options, cancellation).ConfigureAwait(false);
        return Load(variant, folder, encoding);
    }

    internal static string FileNames(IEnumerable<MnistFile> files) => string.Join(", ", files.Select(f => f.Name));

    private static List<MnistFile> Missing(MnistVariant variant, string folder) =>
        [.. variant.Files.Where(file => Find(file, folder) is null)];

    private static string? Find(MnistFile file, string folder) =>
        file.AcceptedNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static InMemoryDataset Part(
        string name,
        string folder,
        MnistFile images,
        MnistFile labels,
        PixelEncoding encoding
    )
    {
        string imagesPath = Find(images, folder) ?? Path.Combine(folder, images.Name);
        string labelsPath = Find(labels, folder) ?? Path.Combine(folder, labels.Name);
        InMemoryDataset part = IdxDatasets.Read(name, imagesPath, labelsPath, MnistVariant.Classes, encoding);
        return part.InputLength == Side * Side
            ? part
            : throw new DataFormatException(
                $"{imagesPath}: expected images of {Side} x {Side} pixels, but they have {part.InputLength} pixels; "
                    + $"this is not {name}."
            );
    }
}
