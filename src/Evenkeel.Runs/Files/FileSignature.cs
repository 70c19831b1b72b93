using System.IO.Compression;
using System.Text;
using Evenkeel.Data;
using Evenkeel.Data.Formats;

namespace Evenkeel.Runs.Files;

/// <summary>Recognises files by their first bytes; of zipped ones, by the names in them.</summary>
internal static class FileSignature
{
    private const int Looked = 512;
    private const int TarMagicAt = 257;

    /// <summary>A header of safetensors is shorter, by the format's own limit.</summary>
    private const ulong LongestHeader = 100_000_000;

    private static readonly (byte[] Start, FileKind Kind)[] Starts =
    [
        ([0x93, .. "NUMPY"u8], FileKind.Npy),
        ([0xFF, 0xD8, 0xFF], FileKind.Jpeg),
        ([0x89, .. "PNG\r\n"u8], FileKind.Png),
        ([.. "GIF8"u8], FileKind.OtherImage),
        ([.. "BM"u8], FileKind.OtherImage),
        ([.. "II*\0"u8], FileKind.OtherImage),
        ([.. "MM\0*"u8], FileKind.OtherImage),
        ([.. "RIFF"u8], FileKind.OtherImage),
        ([0x1F, 0x8B], FileKind.Gzip),
        ([.. "BZh"u8], FileKind.Packed),
        ([0xFD, .. "7zXZ"u8], FileKind.Packed),
        ([0x28, 0xB5, 0x2F, 0xFD], FileKind.Packed),
        ([.. "7z"u8, 0xBC, 0xAF], FileKind.Packed),
        ([0x89, .. "HDF\r\n"u8], FileKind.Keras),
        ([.. "version https://git-lfs"u8], FileKind.LfsPointer),
        ([0x80, 0x02], FileKind.PyTorch),
        ([0x80, 0x03], FileKind.PyTorch),
        ([0x80, 0x04], FileKind.PyTorch),
        ([0x80, 0x05], FileKind.PyTorch),
        ([0, 0, 0x08, 0x01], FileKind.Idx),
        ([0, 0, 0x08, 0x03], FileKind.Idx),
        // The first field is the version: TensorFlow's is still 1; ONNX's was 3 when it first came out.
        ([0x08, 0x01, 0x12], FileKind.SavedModel),
    ];

    /// <summary>What a file is.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileKind Of(string path)
    {
        byte[] bytes = new byte[Looked];
        using FileStream file = RegularFile.Open(path);
        int read = file.ReadAtLeast(bytes, Looked, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = bytes.AsSpan(0, read);
        if (start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8))
            return OfZip(file);
        return OfModel(start) ?? OfText(start) ?? OfStart(start) ?? FileKind.Unknown;
    }

    private static FileKind? OfModel(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            return FileKind.Empty;
        if (start.Length > 8 && start[8] == (byte)'{' && BitConverter.ToUInt64(start) is > 1 and <= LongestHeader)
            return FileKind.SafeTensors;
        if (start.Length > 8 && start[4..].StartsWith("TFL3"u8))
            return FileKind.TfLite;
        if (start.Length > TarMagicAt && start[TarMagicAt..].StartsWith("ustar"u8))
            return FileKind.Tar;
        if (start.Length < 4)
            return null;
        // A list of nodes, each of which begins with its name, behind one or two bytes of length.
        if (start[0] == 0x0A && (start[2] == 0x0A || start[3] == 0x0A))
            return FileKind.TensorFlowGraph;
        return start[0] == 0x08 && start[1] is >= 3 and <= 0x20 ? FileKind.Onnx : null;
    }

    private static FileKind? OfStart(ReadOnlySpan<byte> start)
    {
        foreach ((byte[] signature, FileKind kind) in Starts)
        {
            if (start.StartsWith(signature))
                return kind;
        }

        return null;
    }

    private static FileKind? OfText(ReadOnlySpan<byte> start)
    {
        foreach (byte b in start)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f'))
                return null;
        }

        string text = Encoding.Latin1.GetString(start).TrimStart('\uFEFF', 'ï', '»', '¿', ' ', '\t', '\r', '\n');
        return text.StartsWith("version https://git-lfs", StringComparison.Ordinal) ? FileKind.LfsPointer
            : StartsWithAny(text, "<!DOCTYPE html", "<html", "<head") ? FileKind.WebPage
            : text.StartsWith("<?xml", StringComparison.Ordinal) ? FileKind.Xml
            : text.StartsWith('{') ? FileKind.Json
            : start.IndexOfAnyExceptInRange((byte)'\t', (byte)'~') < 0 ? FileKind.Text
            : null;
    }

    private static bool StartsWithAny(string text, params ReadOnlySpan<string> starts)
    {
        foreach (string start in starts)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    // A damaged archive is none of those that are named by what they hold, but PyTorch's begin with the name of their pickle.
    private static FileKind OfZip(FileStream file)
    {
        string[] names;
        try
        {
            using ZipArchive archive = ZipDirectory.Open(file);
            names = [.. archive.Entries.Select(e => e.FullName)];
        }
        catch (InvalidDataException)
        {
            names = [FirstName(file)];
        }

        return names.Any(n => n.Contains("/code/", StringComparison.Ordinal)) ? FileKind.TorchScript
            : names.Any(n => n.EndsWith("data.pkl", StringComparison.Ordinal)) ? FileKind.PyTorch
            : names.Contains("model.weights.h5") ? FileKind.Keras
            : names.Any(n => n.EndsWith(".npy", StringComparison.Ordinal)) ? FileKind.Npz
            : FileKind.Zip;
    }

    private static string FirstName(FileStream file)
    {
        byte[] header = new byte[30];
        file.Position = 0;
        file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        byte[] name = new byte[BitConverter.ToUInt16(header, 26)];
        int read = file.ReadAtLeast(name, name.Length, throwOnEndOfStream: false);
        return Encoding.Latin1.GetString(name, 0, read);
    }
}
