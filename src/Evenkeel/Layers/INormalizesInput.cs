using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>A step that can normalise its input while it reads it, so that the normalised value lies in no memory.</summary>
internal interface INormalizesInput
{
    /// <summary>The input; where it is normalised on the way in, it lies in no memory.</summary>
    BufferId X { get; }

    /// <summary>What makes the input on the way in; null where it is read as it lies.</summary>
    NormalizeForward? Norm { get; }

    /// <summary>The step that takes over what <paramref name="norm"/> does.</summary>
    Step Normalizing(NormalizeForward norm);

    /// <summary>Why it cannot, or would be slower than a pass of its own; null if nothing stands against it.</summary>
    string? Obstacle(NormSite site);
}
