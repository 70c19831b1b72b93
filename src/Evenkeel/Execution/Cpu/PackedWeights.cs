using Evenkeel.Kernels.Convolution;
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
        foreach (Step step in plan.Steps)
        {
            switch (step)
            {
                case ConvolutionForward s:
                    Add(s.Pass, s.W);
                    break;
                case ConvolutionBiasForward s:
                    Add(s.Pass, s.W);
                    break;
            }
        }

        void Add(ConvolutionPass pass, BufferId buffer)
        {
            BufferInfo info = plan[buffer];
            if (!pass.Shape.IsDepthwise && info.Region == Region.Parameter && !_filters.ContainsKey(buffer))
            {
                ReadOnlySpan<float> weights = model.Floats(info.Name);
                _filters[buffer] = PackedFilters.Pack(
                    pool,
                    pass.Shape,
                    checked(plan.Options.MaxBatch * pass.Frames),
                    weights
                );
            }
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
}
