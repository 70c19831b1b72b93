using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorchPeer;

/// <summary>
/// A network as a user of PyTorch writes it, of modules that are called as Evenkeel's layers are; names have slashes for dots, which modules
/// cannot have. A tensor's handle is let go of as soon as nothing but the backward pass needs it, as Python does.
/// </summary>
internal abstract class PeerNetwork(bool batchNorm, long[] inputShape, long classes) : Module<Tensor, Tensor>("network")
{
    /// <summary>Makes a network with random weights.</summary>
    /// <param name="name">mnist, resnet20, bn-inception, lstm-rows or lstm-pixels.</param>
    /// <param name="batchNorm">Without it layers in front of it have a bias. LSTMs have none.</param>
    /// <exception cref="ArgumentException">There is no such network.</exception>
    public static PeerNetwork Create(string name, bool batchNorm)
    {
        PeerNetwork network = name switch
        {
            "mnist" => new Mnist(batchNorm),
            "resnet20" => new ResNet20(batchNorm),
            "bn-inception" => new BnInception(batchNorm),
            "lstm-rows" => new Lstm(28, 28),
            "lstm-pixels" => new Lstm(28 * 28, 1),
            _ => throw new ArgumentException(
                $"'{name}' is none of mnist, resnet20, bn-inception, lstm-rows and lstm-pixels."
            ),
        };
        network.train();
        return network;
    }

    /// <summary>The parameters that are trained, and their names.</summary>
    public IEnumerable<(string Name, Parameter Value)> Trained =>
        named_parameters().Where(p => p.parameter.requires_grad);

    /// <summary>Learned values.</summary>
    public long ParameterCount => Trained.Sum(p => p.Value.numel());

    /// <summary>Whether normalisation stands in front of nonlinearities.</summary>
    protected bool BatchNorm => batchNorm;

    /// <summary>Lays out the weights of convolutions as [outputs, height, width, inputs], which oneDNN is fastest with.</summary>
    public void PutChannelsLast()
    {
        using IDisposable still = no_grad();
        foreach (Parameter weight in parameters().Where(p => p.dim() == 4))
            weight.set_(ChannelsLast(weight.detach()).clone());
    }

    /// <summary>Random inputs, [batch, ...], images with channels last in memory, and classes.</summary>
    public (Tensor Inputs, Tensor Labels) RandomBatch(long batch)
    {
        Tensor inputs = rand([batch, .. inputShape]);
        return (inputs.dim() == 4 ? ChannelsLast(inputs) : inputs, randint(0, classes, [batch]));
    }

    /// <summary>Parts one behind the other.</summary>
    protected static Func<Tensor, Tensor> Chain(params Func<Tensor, Tensor>[] parts) =>
        x =>
        {
            Tensor at = x;
            foreach (Func<Tensor, Tensor> part in parts)
            {
                Tensor next = part(at);
                if (!ReferenceEquals(at, x) && !ReferenceEquals(at, next))
                    at.Dispose();
                at = next;
            }

            return at;
        };

    /// <summary>A linear layer, with a bias.</summary>
    protected Func<Tensor, Tensor> Dense(string name, long inputs, long outputs, bool bias = true) =>
        Named(name, Linear(inputs, outputs, bias)).forward;

    /// <summary>A convolution padded by half its kernel, without a bias where normalisation follows.</summary>
    protected Func<Tensor, Tensor> Convolution(string name, long inputs, long outputs, long kernel, long stride) =>
        Named(name, Conv2d(inputs, outputs, kernel, stride, kernel / 2, bias: !batchNorm)).forward;

    /// <summary>Normalisation of images, if wanted.</summary>
    protected Func<Tensor, Tensor> Norm(string name, long channels) =>
        batchNorm ? Named(name, BatchNorm2d(channels)).forward : x => x;

    /// <summary>A module that is called <paramref name="name"/>.</summary>
    protected TModule Named<TModule>(string name, TModule module)
        where TModule : Module
    {
        register_module(name.Replace('.', '/'), module);
        return module;
    }

    /// <summary>The mean of each channel of an image.</summary>
    protected static Tensor GlobalAverage(Tensor x) => x.mean([2, 3]);

    /// <summary>max(x, 0) in the place of x.</summary>
    protected static Tensor Relu(Tensor x) => x.relu_();

    private static Tensor ChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
