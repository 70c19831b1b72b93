using static TorchSharp.torch;

namespace LibTorchPeer;

/// <summary>ResNet-20 for 32x32 images (He et al. 2016, section 4.2), with a projection where the shape changes.</summary>
internal sealed class ResNet20 : PeerNetwork
{
    private readonly Func<Tensor, Tensor> _layers;

    public ResNet20(bool batchNorm)
        : base(batchNorm, [3, 32, 32], 10)
    {
        var layers = new List<Func<Tensor, Tensor>> { Convolution("conv1", 3, 16, 3, 1), Norm("bn1", 16), Relu };
        long channels = 16;
        for (int stage = 0; stage < 3; stage++)
        {
            for (int block = 0; block < 3; block++)
            {
                layers.Add(Block($"layer{stage + 1}.{block}", channels, 16 << stage, stage > 0 && block == 0 ? 2 : 1));
                channels = 16 << stage;
            }
        }

        _layers = Chain([.. layers, GlobalAverage, Dense("fc", 64, 10)]);
    }

    public override Tensor forward(Tensor input) => _layers(input);

    private Func<Tensor, Tensor> Block(string name, long inputs, long outputs, long stride)
    {
        Func<Tensor, Tensor> main = Chain(
            Convolution($"{name}.conv1", inputs, outputs, 3, stride),
            Norm($"{name}.bn1", outputs),
            Relu,
            Convolution($"{name}.conv2", outputs, outputs, 3, 1),
            Norm($"{name}.bn2", outputs)
        );
        if (stride == 1)
            return x => main(x).add_(x).relu_();
        Func<Tensor, Tensor> shortcut = Chain(
            Convolution($"{name}.downsample.0", inputs, outputs, 1, stride),
            Norm($"{name}.downsample.1", outputs)
        );
        return x =>
        {
            using Tensor projected = shortcut(x);
            return main(x).add_(projected).relu_();
        };
    }
}
