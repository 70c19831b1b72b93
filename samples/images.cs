#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;
using Evenkeel.Data.Synthetic;

// The argument is a folder with train/<class>/*.png or .jpg, and test/<class>/. Without it the sample uses generated shapes.
string folder = args.Length > 0 ? args[0] : DrawnShapes();
var images = ImageFolder.Load(folder);
var train = images.Train.ToDataset(side: 32);
var test = images.Test.ToDataset(side: 32);
Network features = Network.Input(32, 32, 3).Conv2d(16, kernel: 3, padding: 1).Relu().MaxPool(2, stride: 2);
features.Conv2d(32, kernel: 3, padding: 1).Relu().MaxPool(2, stride: 2).Conv2d(64, kernel: 3, padding: 1).Relu();
using Model model = Model.Create(features.GlobalAveragePool().Linear(train.Classes).InsertBatchNorm(), seed: 1);
var options = new TrainingOptions
{
    Epochs = 15,
    Optimizer = new Adam(),
    LearningRate = 0.003,
};
model.Train(train, options, Console.WriteLine);
Console.WriteLine($"accuracy {model.Evaluate(test).Accuracy:P1} on {test.Count} test images");

// Classify image files, and print the class names.
using Predictor predictor = model.CreatePredictor();
foreach (string type in Directory.GetDirectories(Path.Combine(folder, "test")))
{
    string file = Directory.GetFiles(type).Order().First();
    Classification found = predictor.Classify(test.Transform.Read(file));
    Console.WriteLine($"{file}: {images.Train.ClassNames[found.Class]} ({found.Probability:P0})");
}

static string DrawnShapes()
{
    string folder = Directory.CreateTempSubdirectory("evenkeel-").FullName;
    var shapes = ShapesAndTextures.Generate(trainCount: 2_000, testCount: 500, new() { Classes = 5 });
    shapes.Train.SavePng(Path.Combine(folder, "train"));
    shapes.Test.SavePng(Path.Combine(folder, "test"));
    return folder;
}
