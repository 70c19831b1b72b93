#:project ../src/Evenkeel/Evenkeel.csproj
#:project ../src/Evenkeel.Onnx/Evenkeel.Onnx.csproj
using Evenkeel;
using Evenkeel.Networks;

// A network was trained on clean digits and exported to ONNX. In use it gets digits with low contrast.
string file = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "digits.onnx");
DatasetSplit clean = Digits.Generate(PixelEncoding.UnitScale);
DatasetSplit lowContrast = Digits.Generate(PixelEncoding.Contrast(0.4, 0.3));
using (Model trained = Model.Create(MnistNetwork.Create(batchNorm: true), seed: 1))
{
    trained.Train(clean.Train, new TrainingOptions { LearningRate = 0.5 });
    trained.SaveOnnx(file);
}

// What is wrong with the model on the new data?
using Model model = Model.LoadOnnx(file);
Console.WriteLine(model.Diagnose(lowContrast.Test));

// Measure the statistics again on new data. No labels are needed, and the weights do not change.
double before = model.Evaluate(lowContrast.Test).Accuracy;
model.Recalibrate(lowContrast.Train.Take(10_000));
Console.WriteLine($"accuracy {before:P2}, after recalibration {model.Evaluate(lowContrast.Test).Accuracy:P2}");

// Fold batch normalisation into the linear layers and export. The file is read back and compared with the model.
foreach (FoldDecision decision in model.PlanFolding())
    Console.WriteLine($"{decision.Layer}: folded {decision.Reason}");
using Model folded = model.FoldBatchNorm();
Console.WriteLine($"{file}: outputs differ by {folded.SaveOnnx(file).LargestDifference:G2} at most");
