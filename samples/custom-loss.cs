#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;

// How much bread to bake: a missing loaf costs five times as much as a surplus loaf. The best answer is the 5/6 quantile of sales, not their mean.
// Inputs: how busy the day is, and how fine the weather. Sales, in hundreds: busyness * (0.5 to 1.5 at random + 0.2 * weather).
var random = new Random(1);
float[] days = [.. Enumerable.Range(0, 50_000).Select(_ => random.NextSingle())];
float[] sold = [.. days.Chunk(2).Select(day => day[0] * (0.5f + random.NextSingle() + (0.2f * day[1])))];
var data = ArrayDataset.WithTargets("bread", days, shape: [2], sold, targetShape: [1]);
(IDataset train, IDataset test) = data.HoldOut(5_000);
var cost = new CustomLoss(
    "cost of bread",
    (output, target, gradient) =>
    {
        float over = output[0] - target[0];
        gradient[0] = over < 0 ? -5 : 1;
        return gradient[0] * over;
    }
);
foreach (Loss loss in (Loss[])[new MeanSquaredError(), cost])
{
    using Model model = Model.Create(Network.Input(2).Linear(64).Relu().Linear(64).Relu().Linear(1), seed: 1);
    var options = new TrainingOptions
    {
        Epochs = 10,
        Loss = loss,
        Optimizer = new Adam(),
        LearningRate = 0.001,
    };
    model.Train(train, options);
    using Predictor predictor = model.CreatePredictor();
    Console.WriteLine($"{loss.Kind}: {100 * predictor.Predict([0.9f, 0.5f])[0]:F0} loaves for a busy day");
    Console.WriteLine($"average cost a day, in loaves: {100 * model.Evaluate(test, loss: cost).Loss:F1}");
}

Console.WriteLine($"best for that day: {90 * (0.6 + (5.0 / 6)):F0} loaves");
