using System.Text;
using Evenkeel.Data.Formats;
using Evenkeel.Testing;

namespace Evenkeel.Data.Tests.Formats;

public sealed class Crc32Tests
{
    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }

    [Fact]
    public void Gives_the_published_check_value()
    {
        var crc = new Crc32();
        crc.Append(Encoding.ASCII.GetBytes("123456789"));
        Assert.Equal(0xCBF43926u, crc.Value);
    }

    [Fact]
    public void Equals_the_bitwise_definition_for_every_length_and_cut()
    {
        byte[] bytes = [.. Enumerable.Range(0, 5_000).Select(i => (byte)((i * i) + (i >> 3)))];
        foreach (int length in Lengths.AllTails.Concat(Lengths.Odd))
        {
            var crc = new Crc32();
            crc.Append(bytes.AsSpan(0, length / 3));
            crc.Append(bytes.AsSpan(length / 3, length - (length / 3)));
            Assert.Equal(Bitwise(bytes.AsSpan(0, length)), crc.Value);
        }
    }
}
