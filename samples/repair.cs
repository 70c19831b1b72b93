#:project ../src/Evenkeel/Evenkeel.csproj
#:project ../src/Evenkeel.Onnx/Evenkeel.Onnx.csproj
using Evenkeel;
using Evenkeel.Networks;

// A network that was trained on clean digits and comes as an ONNX file; in use it meets digits behind a haze.
string file = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "digits.onnx");
DatasetSplit clean = Digits.Generate(PixelEncoding.UnitScale);
DatasetSplit hazy = Digits.Generate(PixelEncoding.Contrast(0.4, 0.3));
using (Model trained = Model.Create(MnistNetwork.Create(batchNorm: true), seed: 1))
{
    trained.Train(clean.Train, new TrainingOptions { LearningRate = 0.5 });
    trained.SaveOnnx(file);
}

// What is wrong with it on the data it meets?
using Model model = Model.LoadOnnx(file);
Console.WriteLine(model.Diagnose(hazy.Test));

// Measure its statistics anew on data without labels; the weights stay as they are.
double before = model.Evaluate(hazy.Test).Accuracy;
model.Recalibrate(hazy.Train.Take(10_000));
Console.WriteLine($"accuracy {before:P2}, after recalibration {model.Evaluate(hazy.Test).Accuracy:P2}");

// Fold them into the linear layers, and ship the file: it is read back and compared with the model.
foreach (FoldDecision decision in model.PlanFolding())
    Console.WriteLine($"{decision.Layer} is folded {decision.Reason}");
using Model folded = model.FoldBatchNorm();
Console.WriteLine($"{file}: outputs differ by {folded.SaveOnnx(file).LargestDifference:G2} at most");
