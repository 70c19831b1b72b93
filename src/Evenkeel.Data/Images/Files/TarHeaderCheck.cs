using System.Globalization;
using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Images.Files;

/// <summary>
/// Passes a tar file through and refuses headers of long names and of extended attributes that claim more than <see cref="MaxBytes"/>: the
/// runtime's reader takes memory for what they claim before it reads it. Any block that has the form of such a header counts.
/// </summary>
internal sealed class TarHeaderCheck(Stream tar) : ReadOnlyStream(tar)
{
    /// <summary>Most bytes of a name or of the attributes before an entry.</summary>
    public const int MaxBytes = 1 << 20;

    private const int BlockLength = 512;
    private const int KindAt = 156;
    private const int SizeAt = 124;
    private const int SizeLength = 12;
    private const int ChecksumAt = 148;
    private const int ChecksumLength = 8;
    private const byte Base256 = 0x80;

    private readonly byte[] _block = new byte[BlockLength];
    private long _position;

    // Bytes of the present block that went through without a gap from its beginning.
    private int _filled;

    /// <exception cref="InvalidDataException">A header claims more than is read.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (CanSeek)
            _position = Behind.Position;
        int read = Behind.Read(buffer);
        for (ReadOnlySpan<byte> left = buffer[..read]; !left.IsEmpty; )
        {
            int at = (int)(_position % BlockLength),
                count = Math.Min(BlockLength - at, left.Length);
            if (at == 0)
                _filled = 0;
            if (at == _filled)
            {
                left[..count].CopyTo(_block.AsSpan(at));
                _filled += count;
                if (_filled == BlockLength)
                    Check();
            }

            left = left[count..];
            _position += count;
        }

        return read;
    }

    private void Check()
    {
        if (_block[KindAt] is not ((byte)'L' or (byte)'K' or (byte)'x' or (byte)'g') || !HasChecksum())
            return;
        ReadOnlySpan<byte> size = _block.AsSpan(SizeAt, SizeLength);
        if ((size[0] & Base256) != 0 || Octal(size) > MaxBytes)
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the name or the attributes before an entry are more than the limit of {MaxBytes} bytes"
                )
            );
    }

    private bool HasChecksum()
    {
        int sum = ' ' * ChecksumLength;
        for (int i = 0; i < BlockLength; i++)
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumLength ? 0 : _block[i];
        return sum == Octal(_block.AsSpan(ChecksumAt, ChecksumLength));
    }

    private static long Octal(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (byte digit in digits.TrimStart((byte)' '))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                break;
            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
