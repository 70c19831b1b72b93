#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;
using Evenkeel.Layers;
using Evenkeel.Networks;

// The digits row by row: 28 steps of 28 pixels.
(IDataset train, IDataset test) = Digits.Generate();
var options = new RecurrentOptions { Sequence = false, BatchNorm = new RecurrentBatchNorm() };
Graph network = Network.Input(784).Add(new Reshape(new Shape(28, 28))).Lstm(50, options).Linear(10);
using Model model = Model.Create(network, seed: 1);
var training = new TrainingOptions
{
    BatchSize = 100,
    Steps = 300,
    LearningRate = 0.005,
    Optimizer = new Adam(),
    ClipNorm = 1,
};
model.Train(train, training, progress: Console.WriteLine);
Console.WriteLine($"accuracy {model.Evaluate(test.Take(2_000)).Accuracy:F3}");
