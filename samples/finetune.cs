#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;
using Evenkeel.Data.Synthetic;
using Evenkeel.Networks;

// A ResNet-18 is trained on ten classes of images.
string file = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "resnet18.safetensors");
var options = new TrainingOptions
{
    Epochs = 4,
    Optimizer = new Adam(),
    LearningRate = 0.002,
};
using (Model first = Model.Create(ResNet.Create(18, classes: 10, size: 32, channels: 16), seed: 1))
{
    first.Train(Images(6_000, seed: 1, classes: 10), options, Console.WriteLine);
    first.Save(file);
}

// It then learns twenty classes from ten images of each. PyTorch state files have the same tensor names: Model.Load(file, ResNet.Create(18)).
using Model pretrained = Model.Load(file);
Graph network = ResNet.Create(18, classes: 20, size: 32, channels: 16);
Report("trained from scratch", Model.Create(network, seed: 1));
Report("only the classifier trained", pretrained.With(network.FreezeBefore("fc")));
Report("the last two stages trained", pretrained.With(network.FreezeBefore("layer3.0.conv1")));

void Report(string what, Model model)
{
    model.Train(Images(200, seed: 2, classes: 20), options with { Epochs = 30, BatchSize = 20 });
    double accuracy = model.Evaluate(Images(2_000, seed: 3, classes: 20)).Accuracy;
    Console.WriteLine($"{what}: accuracy {accuracy:P1}, guessing {1 / 20.0:P1}");
    model.Dispose();
}

static IDataset Images(int count, ulong seed, int classes) =>
    ShapesAndTextures.GenerateTrain(count, new() { Classes = classes, Seed = seed }).ToDataset(side: 32);
