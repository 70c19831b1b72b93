using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorchPeer;

/// <summary>784-100-100-100-10 with sigmoids (Ioffe &amp; Szegedy 2015, section 4.1).</summary>
internal sealed class Mnist : PeerNetwork
{
    private readonly Func<Tensor, Tensor> _layers;

    public Mnist(bool batchNorm)
        : base(batchNorm, [784], 10)
    {
        var layers = new List<Func<Tensor, Tensor>>();
        for (int i = 1; i <= 3; i++)
        {
            layers.Add(Dense($"linear{i}", i == 1 ? 784 : 100, 100, bias: !batchNorm));
            if (batchNorm)
                layers.Add(Named($"batchnorm{i}", BatchNorm1d(100)).forward);
            layers.Add(x => x.sigmoid());
        }

        _layers = Chain([.. layers, Dense("linear4", 100, 10)]);
    }

    public override Tensor forward(Tensor input) => _layers(input);
}
