using Evenkeel;
using Evenkeel.Diagnostics;
using Evenkeel.Networks;
using Evenkeel.Onnx;

// A network that was trained on clean digits and comes as an ONNX file; in use it meets digits behind a haze.
string file = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "digits.onnx");
DatasetSplit clean = Digits.Generate(PixelEncoding.UnitScale),
    hazy = Digits.Generate(PixelEncoding.Contrast(0.4, 0.3));
using (Model trained = Model.Create(MnistNetwork.Create(batchNorm: true), seed: 1))
{
    var options = new TrainingOptions { LearningRate = new ConstantRate(0.5) };
    using var trainer = new Trainer(trained, clean.Train, options);
    trainer.Run(1_000);
    OnnxExport.Save(trained, file);
}

using OnnxModel imported = OnnxModel.Load(file);
Model model = imported.Model;

// What do its batch normalisations hold, and do they fit the data it meets?
foreach (BatchNormHealth layer in model.InspectBatchNorm())
    Console.WriteLine(
        $"{layer.Layer}: {layer.Channels} channels, {layer.Findings.Count} findings, {layer.Fold.Reason}"
    );
Diagnosis diagnosis = model.Diagnose(hazy.Test);
Console.WriteLine($"{diagnosis.Cause}: {diagnosis.Text}. Remedy: {diagnosis.Remedy}.");

// Measure its statistics anew on data without labels; the weights stay as they are.
double before = model.Evaluate(hazy.Test).Accuracy;
model.Recalibrate(hazy.Train.Take(10_000));
Console.WriteLine($"accuracy {before:P2}, after recalibration {model.Evaluate(hazy.Test).Accuracy:P2}");

// Fold them into the linear layers, and measure what that changes.
using Model folded = model.FoldBatchNorm();
OutputDifference difference = OutputDifference.Measure(model, folded, hazy.Test);
Console.WriteLine($"folded: outputs differ by {difference.Largest:G2} of {difference.Scale:G2} at most");

// Ship it: as a file for others, or as a predictor that any number of threads may call.
OnnxExportResult written = OnnxExport.Save(folded, file);
Console.WriteLine($"{file}: read back, outputs differ by {written.LargestDifference:G2} at most");
using var predictor = new Predictor(folded, maxBatch: 1, threads: 1);
float[] image = new float[28 * 28];
int[] label = new int[1];
hazy.Test.Read([0], image, label);
float[] scores = predictor.Predict(image);
Console.WriteLine($"the first digit is a {label[0]}, read as {Array.IndexOf(scores, scores.Max())}");
