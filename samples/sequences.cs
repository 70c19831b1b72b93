#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;
using Evenkeel.Networks;

// Which came first in a sequence of 2 to 10 steps, the peak or the valley? Channels: the value, and the mask.
const int Steps = 10;
var random = new Random(1);
float[] inputs = new float[2_000 * Steps * 2];
int[] labels = new int[2_000];
for (int i = 0; i < labels.Length; i++)
{
    int length = random.Next(2, Steps + 1),
        peak = random.Next(length),
        valley = (peak + random.Next(1, length)) % length;
    labels[i] = peak < valley ? 1 : 0;
    for (int step = 0; step < length; step++)
    {
        inputs[((i * Steps) + step) * 2] =
            step == peak ? 1
            : step == valley ? -1
            : 0.1f * random.NextSingle();
        inputs[(((i * Steps) + step) * 2) + 1] = 1;
    }
}

var data = new ArrayDataset("sequences", inputs, labels, [Steps, 2], 2);
var options = new RecurrentOptions { Masked = true, Sequence = false };
Graph network = Network.Input(Steps, 2).Gru(8, options).Linear(2);
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
