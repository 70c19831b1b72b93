#:project ../src/Evenkeel/Evenkeel.csproj
#:project ../src/Evenkeel.Onnx/Evenkeel.Onnx.csproj
using Evenkeel;

(IDataset train, IDataset test) = Digits.Generate();
using Model model = Model.Create(Network.Input(784).Linear(100).Relu().Linear(10).InsertBatchNorm(), seed: 1);
model.Train(train, new TrainingOptions { LearningRate = 0.1 }, progress: Console.WriteLine);
Console.WriteLine(model.Diagnose(test));
using Model shipped = model.FoldBatchNorm(train); // Algorithm 2: measure population statistics, then fold
Console.WriteLine($"accuracy {shipped.Evaluate(test).Accuracy:F3}");
shipped.Save("digits.safetensors");
shipped.SaveOnnx("digits.onnx");
using Predictor predictor = shipped.CreatePredictor();
Console.WriteLine($"a {test.Label(0)} is classified as {predictor.Classify(test.Inputs(0)).Class}");
