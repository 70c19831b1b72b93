namespace Evenkeel.Data.Mnist;

/// <summary>A data set in MNIST's form: 28 x 28 grey images of ten classes in four IDX files.</summary>
/// <param name="Name">Name for messages and reports.</param>
/// <param name="Folder">Name of its folder in the cache.</param>
/// <param name="TrainImages">60,000 images to learn from.</param>
/// <param name="TrainLabels">Their labels.</param>
/// <param name="TestImages">10,000 images to judge by.</param>
/// <param name="TestLabels">Their labels.</param>
/// <param name="Mirrors">Addresses that end in '/', to which a file's name is added; tried in this order.</param>
public sealed record MnistVariant(
    string Name,
    string Folder,
    MnistFile TrainImages,
    MnistFile TrainLabels,
    MnistFile TestImages,
    MnistFile TestLabels,
    IReadOnlyList<Uri> Mirrors
)
{
    private const string TrainImagesName = "train-images-idx3-ubyte.gz";
    private const string TrainLabelsName = "train-labels-idx1-ubyte.gz";
    private const string TestImagesName = "t10k-images-idx3-ubyte.gz";
    private const string TestLabelsName = "t10k-labels-idx1-ubyte.gz";

    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    /// <summary>The handwritten digits of LeCun, Cortes and Burges (1998).</summary>
    public static MnistVariant Mnist { get; } =
        new(
            "MNIST",
            "mnist",
            new(TrainImagesName, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            new(TrainLabelsName, "d53e105ee54ea40749a09fcbcd1e9432"),
            new(TestImagesName, "9fb629c4189551a2d022fa330f9573f3"),
            new(TestLabelsName, "ec29112dd5afa0611ce80d1b7f02629c"),
            [
                new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            ]
        );

    /// <summary>The articles of clothing of Xiao, Rasul and Vollgraf (2017).</summary>
    public static MnistVariant FashionMnist { get; } =
        new(
            "Fashion-MNIST",
            "fashion-mnist",
            new(TrainImagesName, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            new(TrainLabelsName, "25c81989df183df01b3e8a0aad5dffbe"),
            new(TestImagesName, "bef4ecab320f06d8554ea6380940ec79"),
            new(TestLabelsName, "bb300cfdad3c16e7a12a480ee83cd310"),
            [
                new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
                new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            ]
        )
        {
            ClassNames =
            [
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ],
        };

    /// <summary>What the classes are called, by label.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>The four files.</summary>
    public IReadOnlyList<MnistFile> Files => [TrainImages, TrainLabels, TestImages, TestLabels];
}
