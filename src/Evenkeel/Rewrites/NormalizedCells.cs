using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>
/// Lets LSTM cells normalise what their gates are given while they read it, and take the sums of the normalisations' gradients while they make
/// these. In recurrent networks matrices are small and steps many: each pass less counts.
/// </summary>
internal sealed class NormalizedCells
{
    /// <summary>Name under which it can be switched off and is explained.</summary>
    public const string Rule = "normalize-in-lstm-cell";

    private readonly IReadOnlyList<BufferInfo> _buffers;
    private readonly Dictionary<BufferId, NormalizeForward> _makers = [];
    private readonly Dictionary<BufferId, BatchGradientSums> _sums = [];
    private readonly Dictionary<BufferId, LinearStep> _again = [];
    private readonly Dictionary<BufferId, int> _reads = [];
    private readonly HashSet<BufferId> _observed;
    private readonly HashSet<Step> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<BufferId, BufferId> _shared = [];
    private readonly HashSet<string> _fused = [];

    private NormalizedCells(
        IEnumerable<Step> forward,
        IEnumerable<Step> backward,
        IReadOnlyList<BufferInfo> buffers,
        IEnumerable<BufferId> observed
    )
    {
        (_buffers, _observed) = (buffers, [.. observed]);
        foreach (Step step in forward.Concat(backward))
        {
            foreach (BufferId read in step.Reads)
                _reads[read] = _reads.GetValueOrDefault(read) + 1;
            if (step is NormalizeForward made)
                _makers[made.Y] = made;
            else if (step is BatchGradientSums sums)
                _sums[sums.Pass.DY] = sums;
        }

        foreach (LinearStep step in backward.OfType<LinearStep>())
            _again[step.Writes[0]] = step;
    }

    /// <summary>Changes the steps of a plan.</summary>
    /// <param name="forward">Steps of the forward pass.</param>
    /// <param name="backward">Those of the backward pass; none where there is none.</param>
    /// <param name="buffers">All buffers.</param>
    /// <param name="observed">Values that are read after a run.</param>
    /// <returns>Each normalised cell's decision.</returns>
    public static List<RewriteLogEntry> Fuse(
        List<Step> forward,
        List<Step> backward,
        IReadOnlyList<BufferInfo> buffers,
        IEnumerable<BufferId> observed
    )
    {
        var log = new List<RewriteLogEntry>();
        if (!forward.Any(s => s is LstmCellForward))
            return log;
        var cells = new NormalizedCells(forward, backward, buffers, observed);
        for (int i = 0; i < forward.Count; i++)
            forward[i] = cells.Forward(forward[i], log);
        forward.RemoveAll(cells._taken.Contains);
        Step[] before = [.. backward];
        backward.Clear();
        foreach (Step step in before.Where(s => !cells._taken.Contains(s)))
            backward.AddRange(cells.Backward(step));
        return log;
    }

    private Step Forward(Step step, List<RewriteLogEntry> log)
    {
        if (step is not LstmCellForward cell)
            return step;
        if (NormOf(cell.Operands.X) is not { } x || NormOf(cell.Operands.H) is not { } h)
            return step;
        string? obstacle = Obstacle(x) ?? Obstacle(h);
        string reason = obstacle ?? $"normalises {x.Layer} and {h.Layer} on the way in";
        log.Add(new RewriteLogEntry(Rule, cell.Layer, obstacle is null, reason));
        if (obstacle is not null)
            return step;
        _ = _fused.Add(cell.Layer);
        _taken.UnionWith([x, h]);
        return new NormalizedLstmForward(cell, x, h);
    }

    private NormalizeForward? NormOf(BufferId value) => _makers.GetValueOrDefault(value);

    private string? Obstacle(NormalizeForward norm) =>
        norm.Residual is not null || norm.Site.Fused is not null ? $"{norm.Layer} does more than normalise"
        : _reads[norm.Y] > 1 || _buffers[norm.Y.Index].View is not null ? $"{norm.Layer} is read elsewhere too"
        : _observed.Contains(norm.Y) ? "the value is to be observed by name"
        : null;

    private Step[] Backward(Step step)
    {
        if (step is BatchInputGradient gradient && _shared.TryGetValue(gradient.Pass.DY, out BufferId shared))
            return [new BatchInputGradient(gradient.Pass with { DY = shared }, gradient.Gradient, gradient.DX)];
        if (step is not LstmCellBackward cell || !_fused.Contains(cell.Layer))
            return [step];
        if (SumsOf(cell.Gradients.X) is not { } x || SumsOf(cell.Gradients.H) is not { } h)
            return [step];
        // Both normalisations have the same gradient: the second one reads that of the first.
        _shared[cell.Gradients.H] = cell.Gradients.X;
        CellOperands gradients = cell.Gradients with { H = cell.Gradients.X };
        var once = new LstmCellBackward(cell.Layer, cell.Units, cell.Kept, cell.DNext, cell.DOutput, gradients);
        // What is computed again for a normalisation is needed here already.
        LinearStep[] again =
        [
            .. new[] { x, h }.Select(sums => _again.GetValueOrDefault(sums.Pass.X)).OfType<LinearStep>(),
        ];
        _taken.UnionWith([x, h, .. again]);
        return [.. again, new LstmCellGradientSums(once, new(x.Pass, x.Sums), new(h.Pass, h.Sums))];
    }

    // Beside the sums, the gradient of the normalisation's input reads it, and nothing else.
    private BatchGradientSums? SumsOf(BufferId gradient) =>
        _reads.GetValueOrDefault(gradient) == 2 ? _sums.GetValueOrDefault(gradient) : null;
}
