using Evenkeel;

// Generated digits, 28 x 28. For your own data use an ArrayDataset.
(IDataset train, IDataset test) = Digits.Generate();

// Batch normalisation is inserted before each activation.
Graph network = Network.Input(784).Linear(100).Relu().Linear(100).Relu().Linear(10).InsertBatchNorm();
using Model model = Model.Create(network, seed: 1);
model.Train(train, new TrainingOptions { LearningRate = 0.1 }, progress: Console.WriteLine);

// Measure statistics over the whole training data, and fold them into the linear layers. The result is smaller and faster.
using Model shipped = model.FoldBatchNorm(train);
Console.WriteLine($"accuracy {shipped.Evaluate(test).Accuracy:F3}");
shipped.Save("model.safetensors");

using Predictor predictor = shipped.CreatePredictor();
Console.WriteLine($"a {test.Label(0)} is classified as {predictor.Classify(test.Inputs(0))}");
