#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;

// Your own arrays: two noisy spirals. Each example is a row of two values.
const int Count = 2_000;
var random = new Random(1);
float[] inputs = new float[2 * Count];
int[] labels = new int[Count];
for (int i = 0; i < Count; i++)
{
    labels[i] = i % 2;
    double radius = random.NextDouble(),
        angle = (8 * radius) + (labels[i] * Math.PI);
    inputs[2 * i] = (float)((radius * Math.Cos(angle)) + (0.02 * random.NextDouble()));
    inputs[(2 * i) + 1] = (float)((radius * Math.Sin(angle)) + (0.02 * random.NextDouble()));
}

var data = new ArrayDataset("spirals", inputs, labels, shape: [2], classes: 2);
string file = Path.Combine(Path.GetTempPath(), "spirals.safetensors");
using (
    Model model = Model.Create(
        Network.Input(2).Linear(64).BatchNorm().Relu().Linear(64).BatchNorm().Relu().Linear(2),
        seed: 1
    )
)
{
    model.Train(
        data,
        new TrainingOptions
        {
            Epochs = 60,
            Optimizer = new Adam(),
            LearningRate = 0.005,
        }
    );
    Console.WriteLine($"{model.Evaluate(data).Accuracy:P1} of the points are classified correctly");
    model.Save(file);
}

// In another program: load and predict.
using Model loaded = Model.Load(file);
using Predictor predictor = loaded.CreatePredictor();
Console.WriteLine($"the point (0.3, 0.1) belongs to {predictor.Classify([0.3f, 0.1f])}");
