using Evenkeel.Data.Images.Codecs.Png;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>What an image file is, as its decoder sees it.</summary>
internal readonly record struct ImageHeader(ImageKind Kind, int Width, int Height)
{
    /// <summary>Tells the format by the first bytes.</summary>
    /// <param name="bytes">The file, or its start.</param>
    /// <param name="kind">The format.</param>
    /// <param name="reason">Else why it is none, as the end of a sentence.</param>
    public static bool TryFindKind(ReadOnlySpan<byte> bytes, out ImageKind kind, out string reason)
    {
        reason = bytes.IsEmpty ? "the file is empty" : "the file is neither JPEG nor PNG";
        kind = bytes.StartsWith(PngChunks.Signature) ? ImageKind.Png : ImageKind.Jpeg;
        return kind == ImageKind.Png || bytes.StartsWith([(byte)0xFF, (byte)0xD8, (byte)0xFF]);
    }
}
