namespace Evenkeel.Execution;

/// <summary>What the output of a network is to be over a batch: a class for each row, or as many floats as the output has.</summary>
internal readonly ref struct Targets
{
    /// <summary>Classes, [batch, positions].</summary>
    public Targets(ReadOnlySpan<int> labels) => Labels = labels;

    /// <summary>Values, [batch, ...].</summary>
    public Targets(ReadOnlySpan<float> values) => Values = values;

    /// <summary>Classes; empty where there are values.</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>Values; empty where there are classes.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>How many there are of either.</summary>
    public int Length => Labels.Length + Values.Length;

    /// <summary>Some in a row.</summary>
    public Targets Slice(int start, int count) =>
        Values.IsEmpty ? new(Labels.IsEmpty ? [] : Labels.Slice(start, count)) : new(Values.Slice(start, count));
}
