using System.Runtime.ExceptionServices;
using Evenkeel.Data.Images.Codecs;

namespace Evenkeel.Data.Images.Files;

/// <summary>Looks at the header of every file, on all cores, and parts those off that cannot be read.</summary>
/// <param name="Files">Files to be used, in their order.</param>
/// <param name="Skipped">The others.</param>
/// <param name="Misnamed">Files whose name says another format than they have.</param>
/// <param name="HasJpeg">Whether some of them are JPEG files.</param>
/// <param name="DecodedBytes">Bytes of all images together, decoded.</param>
internal sealed record HeaderCheck(
    FileEntry[] Files,
    SkippedFile[] Skipped,
    int Misnamed,
    bool HasJpeg,
    long DecodedBytes
)
{
    /// <summary>Checks.</summary>
    /// <exception cref="DataFormatException">More files are unreadable than the options allow.</exception>
    public static HeaderCheck Run(string name, FileEntry[] files, ImageReadOptions options)
    {
        var headers = new ImageHeader[files.Length];
        string?[] reasons = new string?[files.Length];
        Read(files, options, headers, reasons);
        int[] good = [.. Enumerable.Range(0, files.Length).Where(i => reasons[i] is null)];
        SkippedFile[] skipped =
        [
            .. Enumerable
                .Range(0, files.Length)
                .Where(i => reasons[i] is not null)
                .Select(i => new SkippedFile(files[i].Path, reasons[i]!)),
        ];
        Judge(name, files.Length, skipped, options);
        return new HeaderCheck(
            Array.ConvertAll(good, i => files[i]),
            skipped,
            good.Count(i => IsPngName(files[i].Path) != (headers[i].Kind == ImageKind.Png)),
            good.Any(i => headers[i].Kind == ImageKind.Jpeg),
            good.Sum(i => (long)headers[i].Width * headers[i].Height * ImageBuffer.Channels)
        );
    }

    private static void Read(FileEntry[] files, ImageReadOptions options, ImageHeader[] headers, string?[] reasons)
    {
        try
        {
            Parallel.For(
                0,
                files.Length,
                () => new FileReader(options),
                (i, _, reader) =>
                {
                    if (!reader.TryReadHeader(files[i], out headers[i], out string reason))
                        reasons[i] = reason;
                    return reader;
                },
                reader => reader.Dispose()
            );
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static void Judge(string name, int files, SkippedFile[] skipped, ImageReadOptions options)
    {
        if (skipped.Length == 0)
            return;
        string first = $"{skipped[0].Path}: {skipped[0].Reason}";
        if (options.InvalidFiles == InvalidFiles.Refuse)
            throw new DataFormatException($"{first}; remove or restore it.");
        if (skipped.Length > options.MaxSkipped * files)
        {
            throw new DataFormatException(
                $"{name}: {skipped.Length} of {files} files cannot be read as images, more than the share of "
                    + $"{options.MaxSkipped:0.###} that is skipped; the first is {first}."
            );
        }
    }

    private static bool IsPngName(string path) => path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);
}
