using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Models;

/// <summary>The three ways in which examples come.</summary>
internal enum SourceKind
{
    /// <summary>NumPy's files: read as they are.</summary>
    Arrays,

    /// <summary>28 x 28 grey pixels: built in, or MNIST's four files.</summary>
    Pixels,

    /// <summary>Images of any size.</summary>
    Images,
}

/// <summary>Recognises data by its name, or by what lies at its path.</summary>
internal static class SourceKinds
{
    private const string Known =
        "arrays (.npy, .npz), images (a JPEG or PNG file, a folder of them, a folder with one folder per class, or a folder with train/ and test/; a .tar "
        + "or .tar.gz file; CIFAR's binary files), MNIST's four files, or digits, mnist, fashion, shapes";

    /// <summary>The kind of a source.</summary>
    /// <param name="source">A name or a path.</param>
    /// <param name="option">The option that it was given with, for messages.</param>
    /// <exception cref="UsageException">Nothing is there, or something else; the message says what.</exception>
    public static SourceKind Of(string source, string option)
    {
        if (DataConfig.IsName(source))
            return source == DataConfig.Shapes ? SourceKind.Images : SourceKind.Pixels;
        if (Directory.Exists(source))
            return Directory.EnumerateFiles(source, "*idx3-ubyte*").Any() ? SourceKind.Pixels : SourceKind.Images;
        if (!File.Exists(source))
            throw new UsageException($"{option}: '{source}' does not exist; give {Known}.");
        return FileSignature.Of(source) switch
        {
            FileKind.Npy or FileKind.Npz => SourceKind.Arrays,
            FileKind.Jpeg or FileKind.Png or FileKind.Tar or FileKind.Gzip => SourceKind.Images,
            // Their own readers say best what is wrong with damaged ones.
            FileKind.Unknown when IsNamedAsArrays(source) => SourceKind.Arrays,
            FileKind.Unknown => SourceKind.Images,
            FileKind.Empty => throw new UsageException(
                $"{option}: '{source}' is an empty file; writing it failed. Create or download it again."
            ),
            FileKind.Zip when IsNamedAsArrays(source) => throw new UsageException(
                $"{option}: '{source}' is a zip archive without arrays; write it with numpy.savez."
            ),
            var kind => throw new UsageException(
                $"{option}: '{source}' is {FileWords.Name(kind)}, not data; give {Known}."
            ),
        };
    }

    private static bool IsNamedAsArrays(string source) =>
        Path.GetExtension(source).ToUpperInvariant() is ".NPY" or ".NPZ";
}
