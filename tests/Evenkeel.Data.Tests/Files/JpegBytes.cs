using System.Buffers.Binary;

namespace Evenkeel.Data.Tests.Files;

/// <summary>Changes JPEG files in their structure.</summary>
internal static class JpegBytes
{
    /// <summary>A file of the tests' own.</summary>
    public static byte[] Fixture(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "Fixtures", name));

    /// <summary>The file with bytes put in behind its first marker.</summary>
    public static byte[] Behind(byte[] file, params byte[] bytes) => [.. file[..2], .. bytes, .. file[2..]];

    /// <summary>The file with another size in its frame header.</summary>
    public static byte[] Sized(byte[] file, int width, int height)
    {
        byte[] changed = [.. file];
        int at = FrameOf(file);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(at + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(at + 7), (ushort)width);
        return changed;
    }

    /// <summary>The file with its last scan so many times more.</summary>
    public static byte[] Repeated(byte[] file, int times)
    {
        int last = file.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        byte[] scan = file[last..^2];
        return [.. file[..^2], .. Enumerable.Repeat(scan, times).SelectMany(s => s), .. file[^2..]];
    }

    /// <summary>A marker with an orientation, as cameras write it.</summary>
    public static byte[] Exif(int orientation, bool littleEndian) =>
        [0xFF, 0xE1, 0, 42, .. "Exif\0\0"u8, .. Tiff(orientation, littleEndian)];

    /// <summary>A directory of two entries, of which the second is the orientation.</summary>
    public static byte[] Tiff(int orientation, bool littleEndian)
    {
        byte[] big =
        [
            .. "MM\0*"u8,
            0,
            0,
            0,
            8,
            0,
            2,
            0x01,
            0x03,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte)orientation,
            0,
            0,
        ];
        return littleEndian ? LittleEndian(big) : big;
    }

    private static byte[] LittleEndian(byte[] big)
    {
        byte[] little = [.. "II*\0"u8, 8, 0, 0, 0, 2, 0, .. big[10..]];
        for (int entry = 10; entry < little.Length; entry += 12)
        {
            little.AsSpan(entry, 2).Reverse();
            little.AsSpan(entry + 2, 2).Reverse();
            little.AsSpan(entry + 4, 4).Reverse();
            little.AsSpan(entry + 8, 2).Reverse();
        }

        return little;
    }

    private static int FrameOf(byte[] file)
    {
        for (int at = 2; ; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2)))
        {
            if (file[at + 1] is 0xC0 or 0xC1 or 0xC2)
                return at;
        }
    }
}
