namespace Evenkeel.Networks;

/// <summary>Names given so far in a network that is being built, and how many layers of each kind every scope has.</summary>
internal sealed class LayerNames(string input)
{
    private readonly HashSet<string> _names = [input];
    private readonly Dictionary<(string Scope, string Kind), int> _counts = [];

    public bool Contains(string name) => _names.Contains(name);

    /// <summary>How many layers of a kind have names that begin with a scope, which ends with a dot or is empty.</summary>
    public int Count(string scope, string kind) => _counts.GetValueOrDefault((scope, kind));

    /// <summary>Takes a name that does not count: layers of a group.</summary>
    public void Take(string name) => _names.Add(name);

    public void Add(string name, string kind)
    {
        _names.Add(name);
        int length = 0;
        do
        {
            (string, string) key = (name[..length], kind);
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
            length = name.IndexOf('.', length) + 1;
        } while (length > 0);
    }
}
