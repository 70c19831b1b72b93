namespace Evenkeel.Rewrites;

/// <summary>What rules decided, in order; a rule that declines for the same reason again is not written down again.</summary>
internal sealed class RewriteLog
{
    private readonly List<RewriteLogEntry> _entries = [];
    private readonly HashSet<RewriteLogEntry> _declined = [];

    public IReadOnlyList<RewriteLogEntry> Entries => _entries;

    public void Add(RewriteLogEntry entry)
    {
        if (entry.Applied || _declined.Add(entry))
            _entries.Add(entry);
    }
}
