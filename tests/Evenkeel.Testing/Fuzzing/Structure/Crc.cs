namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>The checksum of zip, gzip and PNG, bit by bit.</summary>
internal static class Crc
{
    private const uint Polynomial = 0xEDB88320;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (Polynomial & (0u - (crc & 1)));
        }

        return ~crc;
    }
}
