using Evenkeel.Graphs;

namespace Evenkeel.Testing.Networks;

/// <summary>Tensors and data of random networks: no zeros, ones or symmetries that would hide a fault, and large values nowhere.</summary>
public static class RandomModel
{
    /// <summary>A model of the network in which gammas, betas, biases and running statistics are not at their initial values.</summary>
    public static Model Model(this RandomNetwork network) => Of(network.Graph, network.ValueSeed);

    /// <summary>Examples for the network's input, as many as its batch.</summary>
    public static float[] Inputs(this RandomNetwork network) => network.Inputs(network.Batch);

    /// <summary>Examples for the network's input.</summary>
    public static float[] Inputs(this RandomNetwork network, int count)
    {
        var random = new Random((int)(network.ValueSeed & int.MaxValue));
        float[] inputs = new float[count * network.Graph.Input.Shape.Count];
        foreach (ref float value in inputs.AsSpan())
            value = (float)(0.2 + Gaussian(random));
        return inputs;
    }

    /// <summary>One label for each row of the network's output; of several positions some have none.</summary>
    public static int[] Labels(this RandomNetwork network, int count)
    {
        var random = new Random(1 + (int)(network.ValueSeed & int.MaxValue));
        Shape output = network.Graph.Output.Shape;
        int lowest = output.Positions > 1 ? -1 : 0;
        return [.. Enumerable.Range(0, count * output.Positions).Select(_ => random.Next(lowest, output.Channels))];
    }

    /// <summary>A model of any network with such values.</summary>
    public static Model Of(Graph graph, uint seed)
    {
        Model model = Evenkeel.Model.Create(graph, seed);
        var random = new Random((int)(seed & int.MaxValue));
        foreach (NamedTensor tensor in graph.Tensors().Where(t => t.Spec.Type == ElementType.Float32))
        {
            // One tensor in ten has some zeros: channels that are switched off.
            bool sparse = random.Next(10) == 0 && tensor.Spec.Name is not ("running_var" or "running_cov");
            foreach (ref float value in model.Floats(tensor.Name))
                value = sparse && random.Next(2) == 0 ? 0 : Moved(value, tensor.Spec, random);
        }

        return model;
    }

    private static float Moved(float value, TensorSpec spec, Random random) =>
        spec.Name == "running_var" ? (float)Math.Exp(0.5 * Gaussian(random))
        // A covariance stays one.
        : spec.Name == "running_cov" ? value + (float)(0.03 * Gaussian(random))
        : spec.Role == TensorRole.Weight ? value + (float)(0.1 * Gaussian(random))
        : value + (float)(0.4 * Gaussian(random));

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
