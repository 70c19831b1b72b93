using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Mnist;
using Evenkeel.Data.Synthetic;
using Evenkeel.Networks;

namespace Evenkeel.Cli.Experiments.Doctor;

/// <summary>A small network with the data it is trained on.</summary>
/// <param name="Name">Network and data.</param>
/// <param name="Graph">The network.</param>
/// <param name="Train">Training data.</param>
/// <param name="Test">Data for the doctor.</param>
/// <param name="Judge">More data of the kind, for the truth.</param>
/// <param name="LowContrast">Values of low contrast.</param>
/// <param name="Inverse">Values inverted.</param>
internal sealed record DoctorNetwork(
    string Name,
    Graph Graph,
    IDataset Train,
    IDataset Test,
    IDataset Judge,
    Func<float, float> LowContrast,
    Func<float, float> Inverse
)
{
    private const int TrainCount = 4_000;
    private const int TestCount = 1_000;
    private const int JudgeCount = 4_000;
    private const int Side = 24;
    private static readonly int[] Filters = [8, 12, 16];

    /// <summary>Makes a network by its name, with data of its own or with MNIST's from a folder.</summary>
    public static DoctorNetwork Create(string name, string? mnist)
    {
        if (name == "resnet")
            return OnShapes();
        DatasetSplit data = mnist is null
            ? new DatasetSplit(
                Digits.GenerateTrain(TrainCount, PixelEncoding.UnitScale),
                Digits.GenerateTest(TestCount + JudgeCount, PixelEncoding.UnitScale)
            )
            : MnistFiles.Load(MnistVariant.Mnist, mnist, PixelEncoding.UnitScale);
        return new DoctorNetwork(
            $"{name}, {(mnist is null ? "digits" : "MNIST")}",
            name == "flat" ? Flat() : Convolutional(),
            data.Train.Take(TrainCount),
            data.Test.Take(TestCount),
            data.Test.Slice(TestCount, JudgeCount),
            v => 0.3f + (0.4f * v),
            v => 1 - v
        );
    }

    private static Graph Flat() =>
        Network.Input(784).Linear(40).Relu().Linear(30).Relu().Linear(20).Relu().Linear(10).Build().InsertBatchNorm();

    private static Graph Convolutional() =>
        Filters
            .Aggregate(
                Network.Input(28, 28, 1),
                (network, filters) => network.Conv2d(filters, 3, 2, 1, bias: false).BatchNorm().Relu()
            )
            .GlobalAveragePool()
            .Linear(10)
            .Build();

    // Trained on crops of padded images and judged on whole ones, as is usual for CIFAR-10.
    private static DoctorNetwork OnShapes()
    {
        var options = new ShapesAndTexturesOptions
        {
            Side = Side,
            Classes = 10,
            Seed = 1,
        };
        ImageSplit images = ShapesAndTextures.Generate(TrainCount, TestCount + JudgeCount, options);
        var scaling = ChannelScaling.Measure(images.Train);
        var whole = new ImageTransform
        {
            Crop = new ResizeAndCenterCrop { Side = Side, ShorterSide = Side },
            Scaling = scaling,
        };
        var cropped = new ImageTransform
        {
            Crop = new PadAndCrop { Side = Side, Padding = 3 },
            Mirror = new RandomMirror(),
            Scaling = scaling,
        };
        var test = new ImageDataset(images.Test, whole);
        return new DoctorNetwork(
            "ResNet, padded crops",
            CifarResNet.Create(blocksPerStage: 1, size: Side, channels: 8),
            new ImageDataset(images.Train, cropped),
            test.Take(TestCount),
            test.Slice(TestCount, JudgeCount),
            v => 0.5f + (0.4f * v),
            v => -v
        );
    }
}
