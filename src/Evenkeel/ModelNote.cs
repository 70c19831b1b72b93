using System.Collections.Immutable;

namespace Evenkeel;

/// <summary>What reading, importing or converting a model assumed.</summary>
/// <param name="Text">One plain sentence.</param>
internal sealed record ModelNote(string Text)
{
    /// <summary>
    /// Batch normalisations whose statistics the note speaks of; once all of them have been measured, it no longer holds. Empty for a note
    /// that holds for good.
    /// </summary>
    public ImmutableArray<string> Unmeasured { get; init; } = [];
}
