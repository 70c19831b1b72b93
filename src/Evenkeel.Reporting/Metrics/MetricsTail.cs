namespace Evenkeel.Reporting.Metrics;

/// <summary>
/// Follows a metrics file that a run is writing. It opens the file for each look, so it neither stops the run nor keeps a file that was
/// deleted. Not for use from several threads at once.
/// </summary>
/// <param name="path">The file; it need not be there.</param>
internal sealed class MetricsTail(string path)
{
    private long _read;
    private long _step = -1;

    /// <summary>Hands over the lines that came since the last look.</summary>
    /// <param name="restart">
    /// Called before all lines are handed over again: the file is another one, or a resumed run removed lines from it.
    /// </param>
    /// <param name="line">Called for each line, with its step and its values by name, which the next line replaces.</param>
    /// <returns>Whether there was a line.</returns>
    /// <exception cref="InvalidDataException">A line before the last is damaged; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Read(Action restart, Action<long, Dictionary<string, double>> line)
    {
        if (!File.Exists(path))
            return _read > 0 && Forget(restart);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long before = _read;
        if (stream.Length >= _read && Goes(stream, line))
            return _read > before;
        Forget(restart);
        stream.Position = 0;
        _read = MetricsScan.Run(path, stream, (step, values) => Take(step, values, line));
        return true;
    }

    // Whether the file goes on where the last look ended.
    private bool Goes(FileStream stream, Action<long, Dictionary<string, double>> line)
    {
        stream.Position = _read;
        bool back = false;
        try
        {
            _read += MetricsScan.Run(
                path,
                stream,
                (step, values) => !(back = step < _step) && Take(step, values, line)
            );
        }
        catch (InvalidDataException) when (_read > 0)
        {
            return false;
        }

        return !back;
    }

    private bool Take(long step, Dictionary<string, double> values, Action<long, Dictionary<string, double>> line)
    {
        _step = step;
        line(step, values);
        return true;
    }

    private bool Forget(Action restart)
    {
        (_read, _step) = (0, -1);
        restart();
        return true;
    }
}
