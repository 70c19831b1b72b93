using System.Buffers.Binary;

namespace Evenkeel.Data.Formats;

/// <summary>
/// The checksum of gzip (RFC 1952, section 8: reflected polynomial EDB88320), eight bytes at a time by eight tables.
/// </summary>
internal struct Crc32
{
    private static readonly uint[] Tables = BuildTables();
    private uint _complement;

    /// <summary>The checksum of all bytes so far; 0 for none.</summary>
    public readonly uint Value => _complement;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~_complement;
        ReadOnlySpan<uint> t = Tables;
        while (bytes.Length >= 8)
        {
            uint a = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc =
                t[(7 * 256) + (int)(a & 255)]
                ^ t[(6 * 256) + (int)((a >> 8) & 255)]
                ^ t[(5 * 256) + (int)((a >> 16) & 255)]
                ^ t[(4 * 256) + (int)(a >> 24)]
                ^ t[(3 * 256) + (int)(b & 255)]
                ^ t[(2 * 256) + (int)((b >> 8) & 255)]
                ^ t[256 + (int)((b >> 16) & 255)]
                ^ t[(int)(b >> 24)];
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
            crc = t[(int)((crc ^ value) & 255)] ^ (crc >> 8);
        _complement = ~crc;
    }

    private static uint[] BuildTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            tables[i] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
            tables[i] = tables[tables[i - 256] & 255] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
