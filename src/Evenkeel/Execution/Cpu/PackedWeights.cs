using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Cpu;

/// <summary>
/// A model's convolution weights in the order in which kernels read them, packed once and shared by all executors of a plan. For
/// inference alone: they do not follow a model that is trained further.
/// </summary>
internal sealed class PackedWeights : Constants
{
    private readonly Dictionary<BufferId, PackedFilters> _filters = [];

    /// <summary>Packs every convolution's weights that are the model's own, not folded at each run.</summary>
    public PackedWeights(ExecutionPlan plan, Model model, WorkerPool pool)
    {
        var passes = new Dictionary<BufferId, (ConvolutionPass Pass, long Offset)>();
        long bytes = 0;
        foreach (
            (ConvolutionPass pass, BufferId w) in plan.Steps.Select(WeightsOf).OfType<(ConvolutionPass, BufferId)>()
        )
        {
            if (plan[w].Region == Region.Parameter && !pass.Shape.IsDepthwise && passes.TryAdd(w, (pass, bytes)))
                bytes += MemoryBlock.Align(PackedFilters.BytesOf(pool, pass.Shape, BatchOf(plan, pass)));
        }

        var block = new MemoryBlock(bytes);
        foreach ((BufferId w, (ConvolutionPass pass, long offset)) in passes)
        {
            ReadOnlySpan<float> weights = model.Floats(plan[w].Name);
            _filters[w] = PackedFilters.Pack(pool, pass.Shape, BatchOf(plan, pass), weights, block, offset);
        }
    }

    /// <summary>Memory that they take.</summary>
    public long Bytes => _filters.Values.Sum(f => f.Bytes);

    /// <summary>The packed weights of a buffer, or null.</summary>
    public PackedFilters? Of(BufferId buffer) => _filters.GetValueOrDefault(buffer);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (PackedFilters filters in _filters.Values)
            filters.Dispose();
    }

    private static (ConvolutionPass Pass, BufferId Weights)? WeightsOf(Step step) =>
        step switch
        {
            ConvolutionForward s => (s.Pass, s.W),
            ConvolutionBiasForward s => (s.Pass, s.W),
            _ => null,
        };

    private static int BatchOf(ExecutionPlan plan, ConvolutionPass pass) =>
        checked(plan.Options.MaxBatch * pass.Frames);
}
