using Evenkeel.Kernels.Storage;

namespace Evenkeel;

/// <summary>What an update rule keeps for each trainable parameter, 0 at first: one arena after the other, each laid out as the parameters are.</summary>
internal sealed class OptimizerValues(OptimizerConfig? rule, TensorLayout layout)
{
    /// <summary>All values.</summary>
    public MemoryBlock Memory { get; } = new((rule?.StateNames.Count ?? 0) * layout.TrainableBytes);

    /// <summary>The values of one tensor.</summary>
    /// <param name="state">Index in <see cref="OptimizerConfig.StateNames"/>.</param>
    /// <param name="place">A trainable tensor.</param>
    public Span<float> Of(int state, TensorPlace place) =>
        Memory.Span<float>((state * layout.TrainableBytes) + place.ByteOffset, place.Tensor.Spec.Count);
}
