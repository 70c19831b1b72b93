using System.Text;

namespace Evenkeel.Graphs;

/// <summary>Fills a tensor as its initializer says, from a random stream that depends on the seed and the tensor's name alone.</summary>
internal static class TensorInitialization
{
    public static void Fill(Span<float> values, NamedTensor tensor, ulong seed)
    {
        var random = new RandomStream(seed ^ Hash(tensor.Name));
        // All dimensions but the last: inputs of a linear layer, positions times channels of a convolution.
        double inputs = (double)tensor.Spec.Count / tensor.Spec.Dimensions[^1];
        switch (tensor.Spec.Initializer)
        {
            case ConstantInitializer constant:
                values.Fill((float)constant.Value);
                break;
            case NormalInitializer normal:
                FillNormal(values, ref random, normal.StandardDeviation);
                break;
            case FanInNormalInitializer normal:
                FillNormal(values, ref random, normal.Gain / Math.Sqrt(inputs));
                break;
            case OrthogonalInitializer:
                SquareBlocks.FillOrthogonal(values, tensor, ref random);
                break;
            case IdentityInitializer identity:
                SquareBlocks.FillIdentity(values, tensor, identity.Gain);
                break;
            case FanInUniformInitializer:
                double bound = 1 / Math.Sqrt(inputs);
                foreach (ref float value in values)
                    value = (float)(((2 * random.NextDouble()) - 1) * bound);
                break;
            default:
                throw new GraphException(
                    $"Tensor '{tensor.Name}' has an unknown initializer {tensor.Spec.Initializer}."
                );
        }
    }

    private static void FillNormal(Span<float> values, ref RandomStream random, double deviation)
    {
        foreach (ref float value in values)
            value = (float)(random.NextGaussian() * deviation);
    }

    // FNV-1a: stable over versions and platforms, unlike string.GetHashCode.
    public static ulong Hash(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
