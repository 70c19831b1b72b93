namespace Evenkeel.Onnx.Files;

/// <summary>Numbers as the format writes them: seven bits to a byte, the lowest first, the eighth set where more follow.</summary>
internal static class WireNumber
{
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
}
