using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Evenkeel.Data.Formats;

namespace Evenkeel.Bench.Hostile;

/// <summary>Archives and arrays that are small and unpack to gigabytes, or claim to.</summary>
internal static class ArchiveBombs
{
    private const int Block = 512;
    private const long Gigabyte = 1L << 30;

    /// <summary>A .tar.gz of images in train/ and test/ with zeros for contents.</summary>
    public static void TarGz(string path, string name, int entries, long bytesEach)
    {
        using FileStream file = File.Create(path);
        using var gzip = new GZipStream(file, CompressionLevel.Optimal);
        byte[] zeros = new byte[1 << 20];
        foreach ((string folder, byte[] content) in Small())
            Entry(gzip, folder, content.Length, content);
        for (int i = 0; i < entries; i++)
        {
            Entry(gzip, string.Format(System.Globalization.CultureInfo.InvariantCulture, name, i), bytesEach, []);
            for (long done = 0; done < bytesEach; done += zeros.Length)
                gzip.Write(zeros, 0, (int)Math.Min(zeros.Length, bytesEach - done));
        }

        gzip.Write(zeros, 0, 2 * Block);
    }

    /// <summary>A .tar whose entry claims a size that is not there.</summary>
    public static void TarClaim(string path, long size)
    {
        using FileStream file = File.Create(path);
        foreach ((string folder, byte[] content) in Small())
            Entry(file, folder, content.Length, content);
        Entry(file, "train/a/large.jpg", size, new byte[Block]);
        file.Write(new byte[2 * Block]);
    }

    /// <summary>An .npz with a small array x beside arrays that nobody asks for.</summary>
    public static void Npz(string path, int arrays, long bytesEach)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        using (Stream x = archive.CreateEntry("input.npy").Open())
            NpyFile.Write(x, [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < arrays; i++)
        {
            using Stream entry = archive.CreateEntry($"other{i}.npy").Open();
            entry.Write(Header(bytesEach / 4));
            for (long done = 0; done < bytesEach; done += zeros.Length)
                entry.Write(zeros, 0, (int)Math.Min(zeros.Length, bytesEach - done));
        }
    }

    /// <summary>Zeros in a gzip file behind an IDX header that promises as many.</summary>
    public static void IdxGz(string path, int images, int side, long bytes)
    {
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal);
        byte[] header = [0, 0, 8, 3, .. new byte[12]];
        foreach ((int place, int size) in (ReadOnlySpan<(int, int)>)[(4, images), (8, side), (12, side)])
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(place), size);
        gzip.Write(header);
        byte[] zeros = new byte[1 << 20];
        for (long done = 0; done < bytes; done += zeros.Length)
            gzip.Write(zeros, 0, (int)Math.Min(zeros.Length, bytes - done));
    }

    /// <summary>The sizes: 3.8 GB in all.</summary>
    public static void TarGzOfGigabytes(string path) => TarGz(path, "train/a/z{0}.jpg", 19, Gigabyte / 5);

    private static IEnumerable<(string Name, byte[] Content)> Small()
    {
        byte[] image = File.ReadAllBytes(HostileBase.File("1.jpg"));
        foreach (string split in (string[])["train", "test"])
        {
            foreach (string name in (string[])["a", "b"])
                yield return ($"{split}/{name}/1.jpg", image);
        }
    }

    private static byte[] Header(long count)
    {
        string text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count},), }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text)];
    }

    private static void Entry(Stream to, string name, long size, byte[] content)
    {
        byte[] header = new byte[Block];
        Put(header, 0, name);
        Put(header, 100, "0000644\0");
        Put(header, 108, "0000000\0");
        Put(header, 116, "0000000\0");
        if (size < 1L << 33)
            Put(header, 124, Convert.ToString(size, 8).PadLeft(11, '0'));
        else
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), size);
        header[124] |= (byte)(size < 1L << 33 ? 0 : 128);
        Put(header, 136, "14000000000\0");
        header[156] = (byte)'0';
        Put(header, 257, "ustar\000");
        header.AsSpan(148, 8).Fill((byte)' ');
        Put(header, 148, $"{Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0')}\0 ");
        to.Write(header);
        to.Write(content);
        to.Write(new byte[(Block - (content.Length % Block)) % Block]);
    }

    private static void Put(byte[] header, int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);
}
