using System.Text;

namespace Evenkeel.Data.Tests.Files;

/// <summary>Writes tar files field by field, so that they can claim anything.</summary>
internal static class TarBytes
{
    private const int Block = 512;

    /// <summary>A header whose size field is given as it is.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="size">Twelve bytes or fewer of its size.</param>
    /// <param name="type">Its type; '0' for a file.</param>
    public static byte[] Header(string name, ReadOnlySpan<byte> size, char type = '0')
    {
        byte[] header = new byte[Block];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        "0000000\0"u8.CopyTo(header.AsSpan(108));
        "0000000\0"u8.CopyTo(header.AsSpan(116));
        size.CopyTo(header.AsSpan(124));
        "00000000000\0"u8.CopyTo(header.AsSpan(136));
        header[156] = (byte)type;
        "ustar\u000000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    /// <summary>A whole entry.</summary>
    public static byte[] Entry(string name, byte[] content, char type = '0') =>
        [
            .. Header(name, Octal(content.Length), type),
            .. content,
            .. new byte[(Block - (content.Length % Block)) % Block],
        ];

    /// <summary>A size as eleven digits.</summary>
    public static byte[] Octal(long size) => Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0') + "\0");
}
