#:project ../src/Evenkeel/Evenkeel.csproj
#:project ../src/Evenkeel.Onnx/Evenkeel.Onnx.csproj
using Evenkeel;
using Evenkeel.Diagnostics;

// The same small network with batch normalisation, and with layers that remove correlations between channels as well.
DatasetSplit data = Digits.Generate(PixelEncoding.UnitScale);
var training = new TrainingOptions { LearningRate = 0.1, BatchSize = 128 };
foreach (
    (string name, Func<Network, Network> norm) in ((string, Func<Network, Network>)[])
        [
            ("batch normalisation", n => n.BatchNorm()),
            ("decorrelated", n => n.DecorrelatedBatchNorm(8)),
            ("IterNorm", n => n.IterNorm(groupSize: 8)),
        ]
)
{
    Network network = Network.Input(28, 28, 1);
    foreach (int maps in (int[])[8, 16])
        norm(network.Conv2d(maps, 5, stride: 2, padding: 2, bias: false)).Relu();
    using Model model = Model.Create(network.Flatten().Linear(10).Build(), seed: 1);
    model.Train(data.Train.Take(10_000), training);
    Console.WriteLine($"{name}: accuracy {model.Evaluate(data.Test).Accuracy:P2}");

    // How related the channels of a group are: 1 where they are not, and large where some follow from others.
    foreach (BatchNormHealth health in model.InspectBatchNorm().Where(h => h.GroupSize is not null))
        Console.WriteLine($"  {health.Layer}: condition {health.Condition:F1}, {health.Findings.Count} findings");

    // In inference each layer is one map of each group. The file is read back and compared with the model.
    string file = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "digits.onnx");
    Console.WriteLine($"  exported, outputs differ by {model.SaveOnnx(file).LargestDifference:G2} at most");
}
