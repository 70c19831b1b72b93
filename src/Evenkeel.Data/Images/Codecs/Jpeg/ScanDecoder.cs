namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Decodes the blocks of a scan, group by group or, of one component, row by row.</summary>
internal abstract class ScanDecoder
{
    private const int Restarts = 8;

    /// <summary>Decodes a scan.</summary>
    /// <param name="data">The coded values.</param>
    /// <param name="scan">Its header.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="interval">Groups between restart markers, or 0.</param>
    /// <returns>What follows, from the next marker on.</returns>
    /// <exception cref="InvalidDataException">The values are damaged or cut off.</exception>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> data, JpegScan scan, JpegFrame frame, int interval)
    {
        var bits = new EntropyBits(data);
        bool single = scan.Components.Length == 1;
        JpegComponent first = scan.Components[0];
        (int across, int down) = single
            ? (first.BlocksAcross, first.BlocksDown)
            : (frame.GroupsAcross, frame.GroupsDown);
        Restart(scan);
        int left = interval,
            restarts = 0;
        for (int y = 0; y < down; y++)
        {
            for (int x = 0; x < across; x++)
            {
                if (interval > 0 && left-- == 0)
                {
                    bits.Restart(restarts++ % Restarts);
                    Restart(scan);
                    left = interval - 1;
                }

                if (single)
                    Block(ref bits, scan, first, x, y);
                else
                    Group(ref bits, scan, x, y);
                if (bits.IsExhausted)
                    throw new InvalidDataException("its JPEG data ends before its last pixel");
            }
        }

        return bits.Rest;
    }

    /// <summary>Forgets what earlier blocks say about the next.</summary>
    protected virtual void Restart(JpegScan scan)
    {
        foreach (JpegComponent component in scan.Components)
            component.Prediction = 0;
    }

    /// <summary>Decodes a block.</summary>
    protected abstract void Block(ref EntropyBits bits, JpegScan scan, JpegComponent component, int x, int y);

    /// <summary>Reads the first value of a block.</summary>
    /// <exception cref="InvalidDataException">It has more bits than values have.</exception>
    protected static int FirstValue(ref EntropyBits bits, JpegComponent component)
    {
        int length = component.First!.Decode(ref bits);
        return length <= 15
            ? component.Prediction += bits.TakeSigned(length)
            : throw new InvalidDataException($"its JPEG data has a value of {length} bits");
    }

    private void Group(ref EntropyBits bits, JpegScan scan, int x, int y)
    {
        foreach (JpegComponent component in scan.Components)
        {
            for (int v = 0; v < component.Down; v++)
            {
                for (int h = 0; h < component.Across; h++)
                    Block(ref bits, scan, component, (x * component.Across) + h, (y * component.Down) + v);
            }
        }
    }
}
