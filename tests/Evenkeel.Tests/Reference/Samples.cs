using Evenkeel.Graphs;
using Evenkeel.Kernels.Reduction;

namespace Evenkeel.Tests.Reference;

/// <summary>Seeded inputs, labels and models whose values are all ordinary: no zeros, ones or symmetries that would hide a fault.</summary>
internal static class Samples
{
    public static float[] Floats(int count, ulong seed, double mean = 0.2, double deviation = 1)
    {
        var random = new RandomStream(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)(mean + (deviation * random.NextGaussian()));
        return values;
    }

    public static int[] Labels(int count, int classes, ulong seed)
    {
        var random = new RandomStream(seed);
        int[] labels = new int[count];
        foreach (ref int label in labels.AsSpan())
            label = (int)(random.NextDouble() * classes);
        return labels;
    }

    /// <summary>Moments of as many values.</summary>
    public static ChannelMoments Moments(double count, double[] mean, double[] variance) =>
        new((double[])[.. mean, .. variance.Select(v => v * count), count]);

    /// <summary>A model in which gammas, betas, biases and running statistics are not at their initial values.</summary>
    public static Model Model(Graph graph, ulong seed = 1)
    {
        Model model = Evenkeel.Model.Create(graph, seed);
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32))
        {
            var random = new RandomStream(seed + (ulong)place.ByteOffset);
            bool positive = place.Tensor.Spec.Name == "running_var";
            foreach (ref float value in model.Floats(place.Tensor.Name))
            {
                // A covariance stays one.
                double noise = (place.Tensor.Spec.Name == "running_cov" ? 0.04 : 0.4) * random.NextGaussian();
                value = (float)(positive ? Math.Exp(noise) : value + noise);
            }
        }

        return model;
    }

    /// <summary>Classes that can be told apart: a centre per class and noise around it.</summary>
    public static ArrayDataset Data(int count, ReadOnlySpan<int> shape, int classes, ulong seed = 5)
    {
        int length = 1;
        foreach (int dimension in shape)
            length *= dimension;
        int[] labels = Labels(count, classes, seed);
        float[] centres = Floats(classes * length, seed + 1),
            inputs = Floats(count * length, seed + 2, 0, 0.7);
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] += centres[(labels[i / length] * length) + (i % length)];
        return new ArrayDataset("clusters", inputs, labels, shape, classes);
    }

    /// <summary>A small network with or without batch normalisation, [8] to 3 classes.</summary>
    public static Graph Small(bool batchNorm)
    {
        Network network = Network.Input(8).Linear(12);
        network = (batchNorm ? network.BatchNorm() : network).Sigmoid().Linear(9);
        return (batchNorm ? network.BatchNorm() : network).Tanh().Linear(3).Build();
    }

    /// <summary>All learned and running values of a model as bytes.</summary>
    public static byte[] Bytes(Model model)
    {
        var bytes = new List<byte>();
        foreach (var place in model.Layout.Tensors)
        {
            string name = place.Tensor.Name;
            bytes.AddRange(
                place.Tensor.Spec.Type == ElementType.Int64
                    ? System.Runtime.InteropServices.MemoryMarshal.AsBytes(model.Integers(name))
                    : System.Runtime.InteropServices.MemoryMarshal.AsBytes(model.Floats(name))
            );
        }

        return [.. bytes];
    }
}
