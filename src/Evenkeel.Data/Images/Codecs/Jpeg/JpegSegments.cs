using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>
/// The segments of a JPEG file, a marker and what it holds, over fill bytes, markers without a body and what lies between.
/// </summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> bytes)
{
    private const byte Start = 0xFF;

    /// <summary>What comes after the segment: coded pixels behind the start of a scan.</summary>
    public ReadOnlySpan<byte> Rest { get; set; } = bytes;

    /// <summary>The second byte of the marker.</summary>
    public byte Marker { get; private set; }

    /// <summary>What the segment holds, as far as it is there.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>Whether all of the segment is there.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether the marker stands for a segment; the start of the image, restarts and TEM have none.</summary>
    public readonly bool HasBody =>
        Marker is not (JpegMarker.Temporary or (>= JpegMarker.Restart and <= JpegMarker.EndOfImage));

    /// <summary>Goes on to the next marker, over the pixels themselves, where FF 00 stands for the value FF.</summary>
    public bool TryNext()
    {
        Marker = 0;
        while (Marker is 0 or Start)
        {
            int at = Rest.IndexOf(Start);
            if (at < 0 || at + 1 >= Rest.Length)
                return false;
            Marker = Rest[at + 1];
            Rest = Rest[(Marker == Start ? at + 1 : at + 2)..];
        }

        Body = [];
        IsWhole = true;
        if (HasBody)
            TakeBody();
        return true;
    }

    private void TakeBody()
    {
        int said = Rest.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Rest);
        IsWhole = said >= 2 && said <= Rest.Length;
        if (Rest.Length < 2)
            return;
        int length = Math.Clamp(said, 2, Rest.Length);
        Body = Rest[2..length];
        Rest = Rest[length..];
    }
}
