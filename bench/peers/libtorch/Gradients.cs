using TorchSharp;
using static TorchSharp.torch;

namespace LibTorchPeer;

/// <summary>What one forward and backward pass makes of given weights and a given batch.</summary>
internal static class Gradients
{
    private const string Inputs = "inputs",
        Labels = "labels";

    // Parts of names: Evenkeel's for those of modules.
    private static readonly (string Theirs, string Ours)[] OwnNames =
    [
        ("/", "."),
        ("weight_ih_l0", "input.weight"),
        ("bias_ih_l0", "input.bias"),
        ("weight_hh_l0", "hidden.weight"),
    ];

    /// <summary>
    /// Writes the loss, each parameter's gradient under the parameter's name, and the running statistics after the step.
    /// </summary>
    /// <param name="network">Its values are replaced by the given ones.</param>
    /// <param name="given">A value for each trained parameter and buffer of the network, inputs [batch, height, width, channels], [batch, steps, channels] or [batch, values], and labels.</param>
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
        IEnumerable<(string, Tensor)> gradients = network.Trained.Select(p => (NameOf(p.Name), p.Value.grad!));
        IEnumerable<(string, Tensor)> statistics = Buffers(network);
        SafeTensorsFile.Save(path, [("loss", loss.detach().to(ScalarType.Float64)), .. gradients, .. statistics]);
    }

    private static void Take(PeerNetwork network, Dictionary<string, Tensor> given)
    {
        Dictionary<string, Tensor> own = network
            .Trained.Select(p => (NameOf(p.Name), (Tensor)p.Value))
            .Concat(Buffers(network))
            .ToDictionary();
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

    private static IEnumerable<(string, Tensor)> Buffers(PeerNetwork network) =>
        network.named_buffers().Select(b => (NameOf(b.name), b.buffer));

    private static string NameOf(string tensor) =>
        OwnNames.Aggregate(tensor, (name, parts) => name.Replace(parts.Theirs, parts.Ours));
}
