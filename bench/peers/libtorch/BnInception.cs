using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorchPeer;

/// <summary>BN-Inception (Ioffe &amp; Szegedy 2015, Figure 5; the 576-channel reading of 4c and 4d).</summary>
internal sealed class BnInception : PeerNetwork
{
    private static readonly Row[] Rows =
    [
        new("3a", 64, 64, 64, 64, 96, Average: true, 32, 1),
        new("3b", 64, 64, 96, 64, 96, Average: true, 64, 1),
        new("3c", 0, 128, 160, 64, 96, Average: false, 0, 2),
        new("4a", 224, 64, 96, 96, 128, Average: true, 128, 1),
        new("4b", 192, 96, 128, 96, 128, Average: true, 128, 1),
        new("4c", 160, 128, 160, 128, 160, Average: true, 96, 1),
        new("4d", 96, 128, 192, 160, 192, Average: true, 96, 1),
        new("4e", 0, 128, 192, 192, 256, Average: false, 0, 2),
        new("5a", 352, 192, 320, 160, 224, Average: true, 128, 1),
        new("5b", 352, 192, 320, 192, 224, Average: false, 128, 1),
    ];

    private readonly Func<Tensor, Tensor> _layers;

    public BnInception(bool batchNorm)
        : base(batchNorm, [3, 224, 224], 1000)
    {
        var layers = new List<Func<Tensor, Tensor>>
        {
            Unit("conv1", 3, 64, 7, 2),
            MaxPool2d(3, 2, 1).forward,
            Unit("conv2.reduce", 64, 64, 1),
            Unit("conv2", 64, 192, 3),
            MaxPool2d(3, 2, 1).forward,
        };
        int channels = 192;
        foreach (Row row in Rows)
        {
            layers.Add(Inception(row, channels));
            channels =
                row.Pointwise + row.Filters3 + row.FiltersDouble3 + (row.Projection > 0 ? row.Projection : channels);
        }

        _layers = Chain([.. layers, GlobalAverage, Dense("head", channels, 1000)]);
    }

    public override Tensor forward(Tensor input) => _layers(input);

    private Func<Tensor, Tensor> Unit(string name, long inputs, long outputs, long kernel, long stride = 1) =>
        Chain(Convolution($"{name}.conv", inputs, outputs, kernel, stride), Norm($"{name}.bn", outputs), Relu);

    private Func<Tensor, Tensor> Inception(Row row, long inputs)
    {
        string name = $"inception{row.Name}";
        var branches = new List<Func<Tensor, Tensor>>();
        if (row.Pointwise > 0)
            branches.Add(Unit($"{name}.1x1", inputs, row.Pointwise, 1));
        branches.Add(
            Chain(
                Unit($"{name}.3x3.reduce", inputs, row.Reduce3, 1),
                Unit($"{name}.3x3", row.Reduce3, row.Filters3, 3, row.Stride)
            )
        );
        branches.Add(
            Chain(
                Unit($"{name}.double3x3.reduce", inputs, row.ReduceDouble3, 1),
                Unit($"{name}.double3x3.1", row.ReduceDouble3, row.FiltersDouble3, 3),
                Unit($"{name}.double3x3.2", row.FiltersDouble3, row.FiltersDouble3, 3, row.Stride)
            )
        );
        Func<Tensor, Tensor> pool = row.Average
            ? AvgPool2d(3, row.Stride, 1).forward
            : MaxPool2d(3, row.Stride, 1).forward;
        branches.Add(row.Projection > 0 ? Chain(pool, Unit($"{name}.projection", inputs, row.Projection, 1)) : pool);
        return x =>
        {
            Tensor[] parts = [.. branches.Select(branch => branch(x))];
            Tensor joined = cat(parts, 1);
            foreach (Tensor part in parts)
                part.Dispose();
            return joined;
        };
    }

    // A row of Figure 5; 0 leaves a branch's part out.
    private sealed record Row(
        string Name,
        int Pointwise,
        int Reduce3,
        int Filters3,
        int ReduceDouble3,
        int FiltersDouble3,
        bool Average,
        int Projection,
        int Stride
    );
}
