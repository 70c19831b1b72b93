using Evenkeel.Reporting.TensorBoard;

namespace Evenkeel.Reporting.Tests.TensorBoard;

public sealed class Crc32CTests
{
    [Fact]
    public void Gives_the_published_check_values()
    {
        // The check value of the CRC catalogue, and the examples of RFC 3720, B.4.
        Assert.Equal(0xe3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8a9136aau, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62a8ab43u, Crc32C.Of(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46dd794eu, Crc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void Agrees_with_the_bitwise_definition_at_every_length()
    {
        byte[] data = new byte[70];
        new Random(3).NextBytes(data);
        for (int length = 0; length <= data.Length; length++)
            Assert.Equal(WireReader.Crc(data.AsSpan(0, length)), Crc32C.Of(data.AsSpan(0, length)));
    }
}
