using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Cpu;

/// <summary>
/// The weights of a model's convolutions and linear layers in the order in which kernels read them, packed once and shared by all executors of a
/// plan. For inference alone: they do not follow a model that is trained further.
/// </summary>
internal sealed class PackedWeights : Constants
{
    private readonly Dictionary<BufferId, PackedFilters> _filters = [];

    /// <summary>Packs all weights that are the model's own, not folded at each run.</summary>
    public PackedWeights(ExecutionPlan plan, Model model, WorkerPool pool)
    {
        var products = new Dictionary<BufferId, (Product Product, long Offset)>();
        long bytes = 0;
        foreach (Product product in plan.Steps.Select(ProductOf).OfType<Product>())
        {
            if (plan[product.Weights].Region != Region.Parameter || product.Shape.IsDepthwise)
                continue;
            long own = PackedFilters.BytesOf(pool, product.Shape, product.Images(plan));
            if (own <= int.MaxValue && products.TryAdd(product.Weights, (product, bytes)))
                bytes += MemoryBlock.Align(own);
        }

        var block = new MemoryBlock(bytes);
        foreach ((BufferId w, (Product product, long offset)) in products)
        {
            ReadOnlySpan<float> weights = model.Floats(plan[w].Name);
            _filters[w] = PackedFilters.Pack(pool, product.Shape, product.Images(plan), weights, block, offset);
        }
    }

    /// <summary>Memory that they take.</summary>
    public long Bytes => _filters.Values.Sum(f => f.Bytes);

    /// <summary>The packed weights of a buffer, or null; layers of different sizes may share a buffer, and only those of one are packed.</summary>
    public PackedFilters? Of(BufferId buffer, in ConvolutionShape shape) =>
        _filters.TryGetValue(buffer, out PackedFilters? filters) && filters.Shape == shape ? filters : null;

    /// <summary>The convolution of 1x1 that a linear layer is.</summary>
    public static ConvolutionShape ShapeOf(LinearSize size) =>
        new()
        {
            Height = size.Positions,
            Width = 1,
            InputChannels = size.Inputs,
            OutputChannels = size.Units,
            KernelHeight = 1,
            KernelWidth = 1,
            OutputHeight = size.Positions,
            OutputWidth = 1,
        };

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (PackedFilters filters in _filters.Values)
            filters.Dispose();
    }

    private static Product? ProductOf(Step step) =>
        step switch
        {
            ConvolutionForward s => new Product(s.W, s.Pass.Shape, s.Pass.Frames),
            ConvolutionBiasForward s => new Product(s.W, s.Pass.Shape, s.Pass.Frames),
            LinearForward s => new Product(s.W, ShapeOf(s.Size), 1),
            LinearBiasForward s => new Product(s.W, ShapeOf(s.Size), 1),
            _ => null,
        };

    private sealed record Product(BufferId Weights, ConvolutionShape Shape, int Frames)
    {
        public int Images(ExecutionPlan plan) => checked(plan.Options.MaxBatch * Frames);
    }
}
