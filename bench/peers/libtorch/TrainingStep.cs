using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorchPeer;

/// <summary>Forward, backward and an update by gradient descent with momentum, always on the same batch.</summary>
internal sealed class TrainingStep(PeerNetwork network, Tensor inputs, Tensor labels)
{
    // So small that a network without normalisation does not diverge on random labels; the time of a step does not depend on it.
    private const double Rate = 1e-4;

    private readonly SGD _optimizer = optim.SGD(network.Trained.Select(p => p.Value), Rate, momentum: 0.9);

    public void Run()
    {
        using var scope = NewDisposeScope();
        network.zero_grad();
        Loss(network, inputs, labels).backward();
        _optimizer.step();
    }

    /// <summary>The mean loss of a batch.</summary>
    public static Tensor Loss(PeerNetwork network, Tensor inputs, Tensor labels)
    {
        using Tensor logits = network.forward(inputs);
        return functional.cross_entropy(logits, labels);
    }
}
