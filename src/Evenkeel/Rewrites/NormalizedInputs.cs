using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>
/// Lets convolutions and max pooling normalise their input while they read it, with the activation, so that the normalised value is never written
/// (Jung et al. 2018): in the forward pass, and in the backward pass for the gradient of the weights.
/// </summary>
internal static class NormalizedInputs
{
    /// <summary>Name under which it can be switched off and is explained.</summary>
    public const string Rule = "normalize-on-the-way-in";

    /// <summary>Changes the steps of a plan.</summary>
    /// <param name="forward">Steps of the forward pass.</param>
    /// <param name="backward">Those of the backward pass; none where there is none.</param>
    /// <param name="buffers">All buffers.</param>
    /// <param name="needed">Values that must lie in memory, and why.</param>
    /// <returns>The decision for each normalised value that a convolution or max pooling reads.</returns>
    public static List<RewriteLogEntry> Fuse(
        List<Step> forward,
        List<Step> backward,
        IReadOnlyList<BufferInfo> buffers,
        IReadOnlyDictionary<BufferId, string> needed
    )
    {
        var log = new List<RewriteLogEntry>();
        ILookup<BufferId, Step> readers = forward
            .Concat(backward)
            .SelectMany(reader => reader.Reads.Distinct().Select(read => (read, reader)))
            .ToLookup(r => r.read, r => r.reader);
        var taken = new Dictionary<BufferId, NormalizeForward>();
        int again = forward.Count;
        foreach ((int i, Step step) in forward.Concat(backward).Index())
        {
            if (step is not NormalizeForward norm)
                continue;
            Step[] readsIt = [.. readers[norm.Y]];
            if (!readsIt.Any(r => r is ConvolutionStep or INormalizesInput))
                continue;
            string? obstacle =
                needed.TryGetValue(norm.Y, out string? why) ? why
                : buffers[norm.Y.Index].View is not null ? "the value is a part of a concatenation"
                : norm.Residual is not null ? "a shortcut is added in the same pass"
                : readsIt.Select(r => Obstacle(r, norm)).FirstOrDefault(o => o is not null);
            string readBy = string.Join(" and ", readsIt.Select(r => r.Layer)),
                reason = obstacle ?? $"normalised {(i < again ? "" : "again ")}while {readBy} reads it";
            log.Add(new RewriteLogEntry(Rule, norm.Layer, obstacle is null, reason));
            if (obstacle is null)
                taken.Add(norm.Y, norm);
        }

        Take(forward, taken);
        Take(backward, taken);
        return log;
    }

    private static string? Obstacle(Step reader, NormalizeForward norm) =>
        reader is ConvolutionBiasForward ? $"{reader.Layer} has a bias"
        : reader is not INormalizesInput step || step.X != norm.Y || reader.Reads.Count(r => r == norm.Y) > 1
            ? $"{reader.Layer} reads the value as it lies"
        : step.Obstacle(norm.Site);

    private static void Take(List<Step> steps, Dictionary<BufferId, NormalizeForward> taken)
    {
        _ = steps.RemoveAll(s => s is NormalizeForward norm && taken.ContainsKey(norm.Y));
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i] is INormalizesInput step && taken.TryGetValue(step.X, out NormalizeForward? norm))
                steps[i] = step.Normalizing(norm);
        }
    }
}
