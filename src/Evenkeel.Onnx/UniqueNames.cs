namespace Evenkeel.Onnx;

/// <summary>Names that differ: one that is taken gets the lowest number from 2 on that makes it another.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = [];

    // Names are never given back, so that numbers below these stay taken.
    private readonly Dictionary<string, int> _next = [];

    public void Take(string name) => _taken.Add(name);

    /// <summary>A name that is not taken; it stays so.</summary>
    public string Unused(string wanted)
    {
        if (!_taken.Contains(wanted))
            return wanted;
        int number = _next.GetValueOrDefault(wanted, 2);
        while (_taken.Contains($"{wanted}_{number}"))
            number++;
        _next[wanted] = number;
        return $"{wanted}_{number}";
    }
}
