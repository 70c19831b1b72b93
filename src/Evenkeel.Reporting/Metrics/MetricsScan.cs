namespace Evenkeel.Reporting.Metrics;

/// <summary>Walks over the lines of a metrics file, of any length, with one reused buffer.</summary>
internal static class MetricsScan
{
    private const int FirstBufferBytes = 1 << 16;
    private const int LongestLine = 1 << 24;

    /// <summary>What is done with a whole line; false stops the walk before the line.</summary>
    /// <param name="step">The training step.</param>
    /// <param name="values">The values by name, until the next line is read.</param>
    /// <returns>Whether to go on.</returns>
    public delegate bool Visit(long step, Dictionary<string, double> values);

    /// <summary>Calls <paramref name="visit"/> for each line of a file, which may still be written.</summary>
    /// <exception cref="InvalidDataException">A line before the last is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Run(string path, Visit visit)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Run(path, stream, visit);
    }

    /// <summary>
    /// Calls <paramref name="visit"/> for each line. A last line without its line break, or that does not parse, is a torn write and is
    /// passed over; the same in the middle of the file is damage.
    /// </summary>
    /// <returns>The length in bytes of the lines that were visited and not stopped at.</returns>
    /// <exception cref="InvalidDataException">A line before the last is damaged.</exception>
    public static long Run(string path, Stream stream, Visit visit)
    {
        byte[] buffer = new byte[FirstBufferBytes];
        var line = new MetricsLineReader();
        int held = 0;
        long kept = 0;
        int number = 0;
        int damaged = 0;
        while (true)
        {
            int read = stream.Read(buffer, held, buffer.Length - held);
            if (read == 0)
                return kept;
            held += read;
            int start = 0;
            while (buffer.AsSpan(start, held - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                number++;
                if (damaged > 0)
                    throw new InvalidDataException($"{path}: line {damaged} is damaged; remove it to read the others");
                if (!line.TryRead(buffer.AsSpan(start, length)))
                    damaged = number;
                else if (!visit(line.Step, line.Values))
                    return kept;
                else
                    kept += length + 1;
                start += length + 1;
            }
            held -= start;
            buffer.AsSpan(start, held).CopyTo(buffer);
            buffer = Grown(path, buffer, held);
        }
    }

    private static byte[] Grown(string path, byte[] buffer, int held)
    {
        if (held < buffer.Length)
            return buffer;
        if (buffer.Length >= LongestLine)
            throw new InvalidDataException(
                $"{path}: a line is longer than {LongestLine} bytes; this is not a metrics file"
            );
        Array.Resize(ref buffer, buffer.Length * 2);
        return buffer;
    }
}
