using System.Globalization;
using Evenkeel.Data;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>Values that lie in files beside the model. Only files inside the model's folder are opened.</summary>
internal sealed class ExternalData(string folder)
{
    private readonly string _folder = Path.GetFullPath(folder);

    /// <summary>Reads a tensor's bytes.</summary>
    /// <exception cref="OnnxException">The place lies outside the folder or the file, or is not as long as the shape needs.</exception>
    public byte[] Read(TensorProto tensor, long needed)
    {
        string location = Entry(tensor, "location") ?? throw TensorReader.Wrong(tensor, "it names no external file");
        long offset = Number(tensor, "offset") ?? 0,
            length = Number(tensor, "length") ?? needed;
        if (length != needed)
            throw TensorReader.Wrong(tensor, $"{length} bytes lie in '{location}', but its shape needs {needed}");
        string path = Resolve(tensor, location);
        try
        {
            using FileStream file = RegularFile.Open(path, bufferSize: 0);
            if (offset < 0 || offset > file.Length || needed > file.Length - offset)
                throw TensorReader.Wrong(
                    tensor,
                    $"it lies at {offset} to {offset}+{needed} of '{location}', which has {file.Length} bytes"
                );
            if (needed > Array.MaxLength)
                throw TensorReader.Wrong(tensor, $"{needed} bytes are more than an array holds");
            byte[] bytes = new byte[needed];
            file.Position = offset;
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TensorReader.Wrong(tensor, $"'{location}' cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private static string? Entry(TensorProto tensor, string key) =>
        tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;

    private static long? Number(TensorProto tensor, string key)
    {
        if (Entry(tensor, key) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw TensorReader.Wrong(tensor, $"the {key} '{text}' of its external data is not a number");
    }

    private string Resolve(TensorProto tensor, string location)
    {
        if (location.Contains('\0', StringComparison.Ordinal))
            throw Escape(tensor, location);
        string path = Path.GetFullPath(Path.Combine(_folder, location));
        if (!Inside(path))
            throw Escape(tensor, location);
        // A link inside the folder may point out of it.
        for (string? part = path; part is not null && part != _folder; part = Path.GetDirectoryName(part))
        {
            FileSystemInfo info = Directory.Exists(part) ? new DirectoryInfo(part) : new FileInfo(part);
            if (info.LinkTarget is not null && !Inside(info.ResolveLinkTarget(true)?.FullName ?? ""))
                throw Escape(tensor, location);
        }

        return path;
    }

    private bool Inside(string path) =>
        path.StartsWith(
            _folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    private static OnnxException Escape(TensorProto tensor, string location) =>
        TensorReader.Wrong(tensor, $"its external file '{location}' lies outside the model's folder and is not opened");
}
