using Evenkeel.Execution;

namespace Evenkeel.Training;

/// <summary>What a rank computes of a batch: its share of the examples that count.</summary>
internal readonly ref struct CountedExamples
{
    /// <summary>[share, ...].</summary>
    public required ReadOnlySpan<float> Inputs { get; init; }

    /// <summary>What the output is to be.</summary>
    public required Targets Targets { get; init; }

    /// <summary>Examples of the whole batch that count.</summary>
    public required int Total { get; init; }

    /// <summary>Where those stand in the batch; empty where all of it count.</summary>
    public ReadOnlySpan<int> Places { get; init; }

    /// <summary>The place in the batch of one of the examples that count.</summary>
    public int PlaceOf(int example) => example < 0 || Places.IsEmpty ? example : Places[example];
}
