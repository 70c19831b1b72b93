#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;

// An autoencoder: 784 pixels become a code of sixteen numbers, and a picture again. The network has two outputs, picture and code.
(IDataset train, IDataset test) = Digits.Generate(PixelEncoding.UnitScale);
Network encoder = Network.Input(784).Linear(128).BatchNorm().Relu().Linear(16, name: "code");
Graph network = encoder.Linear(128).BatchNorm().Relu().Linear(784).Sigmoid("picture").Build("picture", "code");
using Model model = Model.Create(network, seed: 1);
model.Train(
    train.AsAutoencoder(),
    new TrainingOptions
    {
        Epochs = 4,
        Loss = new BinaryCrossEntropy(),
        Optimizer = new Adam(),
        LearningRate = 0.002,
    },
    progress: Console.WriteLine
);
Console.WriteLine($"R² of all pixels {model.Evaluate(test.AsAutoencoder()).Errors?.RSquared:F3}");

using Predictor predictor = model.CreatePredictor();
float[] digit = test.Inputs(0);
IReadOnlyDictionary<string, float[]> made = predictor.PredictAll(digit);
Console.WriteLine($"the code of a {test.Label(0)}: {string.Join("  ", made["code"].Select(c => $"{c:F1}"))}");
Console.WriteLine("the digit, and its reconstruction:");
for (int y = 0; y < 28; y += 2)
    Console.WriteLine($"{Row(digit, y)}   {Row(made["picture"], y)}");

static string Row(float[] picture, int y) =>
    string.Concat(picture.AsSpan(28 * y, 28).ToArray().Select(pixel => " .:+#"[(int)(4.99f * pixel)]));
