#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;
using Evenkeel.Networks;

// At each step of a sequence of 1 to 8 steps: is the sum so far above 0? Padding has the label -1.
const int Steps = 8;
var random = new Random(1);
float[] inputs = new float[1_000 * Steps * 2];
int[] labels = new int[1_000 * Steps];
Array.Fill(labels, -1);
for (int i = 0; i < 1_000; i++)
{
    float sum = 0;
    int length = random.Next(1, Steps + 1);
    for (int row = i * Steps; row < (i * Steps) + length; row++)
    {
        float value = (2 * random.NextSingle()) - 1;
        sum += value;
        (inputs[2 * row], inputs[(2 * row) + 1]) = (value, 1);
        labels[row] = sum > 0 ? 1 : 0;
    }
}

ArrayDataset data = ArrayDataset.WithLabels("sums", inputs, [Steps, 2], labels, 2);
Graph network = Network.Input(Steps, 2).Gru(8, new RecurrentOptions { Masked = true }).Linear(2);
using Model model = Model.Create(network, seed: 1);
var training = new TrainingOptions
{
    BatchSize = 50,
    Steps = 400,
    LearningRate = 0.02,
    Optimizer = new Adam(),
};
model.Train(data, training, progress: Console.WriteLine);
Console.WriteLine($"accuracy {model.Evaluate(data).Accuracy:F3}");
