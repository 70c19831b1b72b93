using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>The coded bits of a scan, up to the next marker, where zeros follow: whoever uses these is told by <see cref="IsExhausted"/>.</summary>
internal ref struct EntropyBits(ReadOnlySpan<byte> data)
{
    private const byte Start = 0xFF;
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    // The next bit is the highest.
    private ulong _bits;
    private int _count;
    private int _zeros;

    /// <summary>Whether bits were used that the file does not have.</summary>
    public readonly bool IsExhausted => _count < _zeros;

    /// <summary>What follows, from the next marker on.</summary>
    public readonly ReadOnlySpan<byte> Rest => _data[_at..];

    /// <summary>Makes sure of so many bits, at most 32.</summary>
    public void Need(int count)
    {
        if (_count < count)
            Fill();
    }

    /// <summary>The next bits, which must be there, 1 or more.</summary>
    public readonly int Peek(int count) => (int)(_bits >> (64 - count));

    /// <summary>Goes past bits that are there.</summary>
    public void Skip(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    /// <summary>Takes bits as a number, 1 to 16 of them.</summary>
    public int Take(int count)
    {
        Need(count);
        int value = Peek(count);
        Skip(count);
        return value;
    }

    /// <summary>Takes bits as a difference: numbers whose first bit is 0 are negative, T.81 F.2.2.1. None for 0.</summary>
    public int TakeSigned(int count)
    {
        if (count == 0)
            return 0;
        int value = Take(count);
        return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
    }

    /// <summary>Drops what is left before a restart marker and goes on behind it.</summary>
    /// <param name="number">Which one it must be, 0 to 7.</param>
    /// <exception cref="InvalidDataException">It is not the next marker.</exception>
    public void Restart(int number)
    {
        var segments = new JpegSegments(Rest);
        if (!segments.TryNext() || segments.Marker != JpegMarker.Restart + number)
            throw new InvalidDataException($"its JPEG data lacks the restart marker {number}");
        _at = _data.Length - segments.Rest.Length;
        (_bits, _count, _zeros) = (0, 0, 0);
    }

    private void Fill()
    {
        if (_at + 8 <= _data.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_data[_at..]);
            if (!HasStart(next))
            {
                // Bits of a byte that is not counted yet are set already, to what they will be set to again.
                int bytes = (64 - _count) >> 3;
                _bits |= next >> _count;
                _count += bytes << 3;
                _at += bytes;
                return;
            }
        }

        for (; _count <= 56; _count += 8)
        {
            if (TryByte(out byte value))
                _bits |= (ulong)value << (56 - _count);
            else
                _zeros += 8;
        }
    }

    // Whether a byte is FF: the lowest such one becomes 0 by complement, and the usual test for a byte of 0 finds it.
    private static bool HasStart(ulong bytes) => ((~bytes - 0x0101010101010101) & bytes & 0x8080808080808080) != 0;

    // FF 00 stands for FF, even with more FF before it; else FF begins a marker.
    private bool TryByte(out byte value)
    {
        value = 0;
        if (_at >= _data.Length)
            return false;
        value = _data[_at];
        if (value != Start)
        {
            _at++;
            return true;
        }

        int next = _at + 1;
        while (next < _data.Length && _data[next] == Start)
            next++;
        if (next >= _data.Length || _data[next] != 0)
            return false;
        _at = next + 1;
        return true;
    }
}
