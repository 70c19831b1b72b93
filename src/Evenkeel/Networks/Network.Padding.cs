using Evenkeel.Layers;

namespace Evenkeel;

public sealed partial class Network
{
    /// <summary>
    /// Appends batch normalisation of a sequence whose last channel is a mask, as a masked recurrent layer returns it: statistics are those of the steps
    /// whose mask is not 0, and the same for all steps. The mask stays the last channel, and padding is 0.
    /// </summary>
    /// <param name="convention">Epsilon and running statistics; null: the default convention.</param>
    /// <param name="name">How the names of its layers begin; null for kind and number.</param>
    /// <exception cref="GraphException">There is no channel beside the mask.</exception>
    public Network MaskedBatchNorm(BatchNormConvention? convention = null, string? name = null)
    {
        string scope = name ?? NextName("maskedbatchnorm");
        int channels = Shape.Channels - 1;
        if (channels < 1)
            throw new GraphException(
                $"'{scope}' takes a mask as the last channel, so at least 2 channels, not {Shape}."
            );
        CountGroup(scope, "maskedbatchnorm");
        Network group = Group(scope),
            parts = group.Fork().Add(new Split([channels, 1]), "parts"),
            mask = parts.Fork().Value(1);
        Network norm = group
            .Fork()
            .Join(new BatchNorm(convention ?? BatchNormConvention.Default) { Masked = true }, "norm", parts, mask);
        Network shown = group
            .Fork()
            .Join(new Multiply(), "shown", norm, mask.Fork().Add(new Expand(norm.Shape), "mask"));
        return GoTo(group.Join(new Concat(2), "sequence", shown, mask));
    }
}
