using System.Text;

namespace Evenkeel.Watch;

/// <summary>
/// The newest state of each part of the page. Readers take what is new when they can; nothing waits for them, and what they missed is
/// not kept.
/// </summary>
internal sealed class Board
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private long _version;

    /// <summary>Replaces parts; those that are as they were stay as they are.</summary>
    /// <param name="parts">HTML by the id of the element that holds it.</param>
    public void Publish(IEnumerable<(string Id, string Html)> parts)
    {
        lock (_gate)
        {
            long before = _version;
            foreach ((string id, string html) in parts)
            {
                if (!_parts.TryGetValue(id, out Part? old) || old.Html != html)
                    _parts[id] = new Part(id, html, ++_version);
            }

            if (_version == before)
                return;
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>A part's HTML; empty before it is published.</summary>
    public string Html(string id)
    {
        lock (_gate)
            return _parts.GetValueOrDefault(id)?.Html ?? "";
    }

    /// <summary>The parts that are newer than a version, and a task that ends with the next change.</summary>
    public (IReadOnlyList<Part> Parts, long Version, Task Changed) Since(long version)
    {
        lock (_gate)
            return (
                [.. _parts.Values.Where(part => part.Version > version).OrderBy(part => part.Version)],
                _version,
                _changed.Task
            );
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One part of the page.</summary>
    /// <param name="Id">The id of the element that holds it.</param>
    /// <param name="Html">What it holds.</param>
    /// <param name="Version">Which change of the board it is.</param>
    internal sealed record Part(string Id, string Html, long Version)
    {
        /// <summary>The part as an event for the page: the id on the first line, then the HTML.</summary>
        public byte[] Event { get; } =
            Encoding.UTF8.GetBytes($"event: part\ndata: {Id}\ndata: {Html.ReplaceLineEndings("\ndata: ")}\n\n");
    }
}
