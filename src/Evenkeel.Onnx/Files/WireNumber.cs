namespace Evenkeel.Onnx.Files;

/// <summary>Numbers as the format writes them: seven bits to a byte, the lowest first, the eighth set where more follow.</summary>
internal static class WireNumber
{
    /// <summary>The kind of fields whose length stands before their content.</summary>
    public const int HasLength = 2;

    private const int Bytes = 10;

    /// <summary>Takes a number from the front of bytes; false if none is there.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (int i = 0; i < bytes.Length && i < Bytes; i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>Takes a field's tag, and its length where one stands behind it, from the front of bytes.</summary>
    /// <param name="bytes">From the field's first byte on; afterwards from its content on.</param>
    /// <param name="tag">Its number and kind.</param>
    /// <param name="length">Bytes of its content that are not taken; they may be more than there are.</param>
    /// <returns>False where none is there, or one of a kind that is not used any more.</returns>
    public static bool TryReadField(ref ReadOnlySpan<byte> bytes, out ulong tag, out ulong length)
    {
        length = 0;
        return TryRead(ref bytes, out tag)
            && (tag & 7) switch
            {
                0 => TryRead(ref bytes, out _),
                1 => (length = 8) > 0,
                HasLength => TryRead(ref bytes, out length),
                5 => (length = 4) > 0,
                _ => false,
            };
    }
}
