using TorchSharp;
using static TorchSharp.torch;

namespace LibTorchPeer;

/// <summary>What one forward and backward pass makes of given weights and a given batch.</summary>
internal static class Gradients
{
    private const string Inputs = "inputs",
        Labels = "labels";

    /// <summary>
    /// Writes the loss, each parameter's gradient under the parameter's name, and the running statistics after the step.
    /// </summary>
    /// <param name="network">Its values are replaced by the given ones.</param>
    /// <param name="given">A value for each of the network's tensors, inputs [batch, height, width, channels] or [batch, values], and labels.</param>
    /// <param name="precision">What is computed in, float32 or float64.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The network has other tensors than are given.</exception>
    public static void Write(PeerNetwork network, Dictionary<string, Tensor> given, ScalarType precision, string path)
    {
        Take(network, given);
        network.to(precision);
        Tensor inputs = given[Inputs].to(precision);
        Tensor images = inputs.dim() == 4 ? inputs.permute(0, 3, 1, 2) : inputs;
        Tensor loss = TrainingStep.Loss(network, images, given[Labels]);
        loss.backward();
        IEnumerable<(string, Tensor)> gradients = network
            .named_parameters()
            .Select(p => (NameOf(p.name), p.parameter.grad!));
        IEnumerable<(string, Tensor)> statistics = network.named_buffers().Select(b => (NameOf(b.name), b.buffer));
        SafeTensorsFile.Save(path, [("loss", loss.detach().to(ScalarType.Float64)), .. gradients, .. statistics]);
    }

    private static void Take(PeerNetwork network, Dictionary<string, Tensor> given)
    {
        Dictionary<string, Tensor> own = network.state_dict().ToDictionary(t => NameOf(t.Key), t => t.Value);
        string[] lacking = [.. own.Keys.Except(given.Keys)],
            unknown = [.. given.Keys.Except(own.Keys).Except([Inputs, Labels])];
        if (lacking.Length + unknown.Length > 0)
        {
            throw new InvalidDataException(
                $"The networks differ: not given [{string.Join(", ", lacking)}], given but unknown [{string.Join(", ", unknown)}]."
            );
        }

        using IDisposable still = no_grad();
        foreach ((string name, Tensor value) in own)
        {
            if (!value.shape.SequenceEqual(given[name].shape))
            {
                throw new InvalidDataException(
                    $"The networks differ: {name} is [{string.Join(", ", value.shape)}], given is [{string.Join(", ", given[name].shape)}]."
                );
            }

            value.copy_(given[name]);
        }
    }

    private static string NameOf(string module) => module.Replace('/', '.');
}
