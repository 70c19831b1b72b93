using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorchPeer;

/// <summary>A long short-term memory of 100 units over [steps, channels]; the last hidden state tells the class.</summary>
internal sealed class Lstm : PeerNetwork
{
    private const long Units = 100;

    private readonly LSTM _lstm;
    private readonly Func<Tensor, Tensor> _head;

    public Lstm(long steps, long channels)
        : base(batchNorm: false, [steps, channels], 10)
    {
        _lstm = Named("lstm1", LSTM(channels, Units, batchFirst: true));
        _head = Dense("linear1", Units, 10);

        // PyTorch adds two biases, which learn the same; Evenkeel has one.
        Parameter second = _lstm.get_parameter("bias_hh_l0")!;
        second.requires_grad = false;
        second.zero_();
    }

    public override Tensor forward(Tensor input)
    {
        (Tensor states, Tensor hidden, Tensor cell) = _lstm.forward(input);
        states.Dispose();
        cell.Dispose();
        using (hidden)
        {
            using Tensor last = hidden.squeeze(0);
            return _head(last);
        }
    }
}
