using Evenkeel.Cli.Files;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Models;

/// <summary>The two kinds of files that models are read from and written to.</summary>
internal enum ModelFormat
{
    /// <summary>Evenkeel's own, and PyTorch's states.</summary>
    SafeTensors,

    /// <summary>ONNX.</summary>
    Onnx,
}

/// <summary>Which of the two a file is.</summary>
internal static class ModelFormats
{
    private const string Onnx = ".onnx";
    private const string SafeTensors = ".safetensors";

    /// <summary>The format that a file's name says; null for another name.</summary>
    public static ModelFormat? Named(string path) =>
        path.EndsWith(Onnx, StringComparison.OrdinalIgnoreCase) ? ModelFormat.Onnx
        : path.EndsWith(SafeTensors, StringComparison.OrdinalIgnoreCase) ? ModelFormat.SafeTensors
        : null;

    /// <summary>The format that a file's content has.</summary>
    /// <exception cref="InvalidDataException">It is no model; the message says what it is, and what to do.</exception>
    public static ModelFormat Of(string path) =>
        FileSignature.Of(path) switch
        {
            FileKind.SafeTensors => ModelFormat.SafeTensors,
            FileKind.Onnx => ModelFormat.Onnx,
            // The readers say best what is wrong with a damaged file of theirs.
            FileKind.Unknown when Named(path) is { } named => named,
            var kind => throw new InvalidDataException(
                $"{path}: this is {FileWords.Name(kind)}. {ModelRemedy.Of(kind, path)}"
            ),
        };

    /// <summary>What to tell of a file whose name says another format than it has; null otherwise.</summary>
    public static string? Misnamed(string path, ModelFormat format) =>
        Named(path) is { } named && named != format
            ? $"{Path.GetFileName(path)} is {(format == ModelFormat.Onnx ? "an ONNX" : "a safetensors")} file by its content, and was read as one."
            : null;
}
