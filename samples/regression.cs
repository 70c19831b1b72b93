#:project ../src/Evenkeel/Evenkeel.csproj
using Evenkeel;

// How far a ball flies, from its speed and angle, all divided by 100. One training target in ten is wrong. The Huber loss suffers less from that.
const int Count = 5_000,
    Test = 1_000;
var random = new Random(1);
float[] inputs = new float[2 * Count],
    targets = new float[Count];
for (int i = 0; i < Count; i++)
{
    double speed = 30 * random.NextDouble(),
        angle = 90 * random.NextDouble(),
        distance = speed * speed * Math.Sin(2 * angle * Math.PI / 180) / 9.81;
    bool wrong = i < Count - Test && random.NextDouble() < 0.1;
    (inputs[2 * i], inputs[(2 * i) + 1]) = ((float)speed / 100, (float)angle / 100);
    targets[i] = wrong ? random.NextSingle() : (float)distance / 100;
}

var data = ArrayDataset.WithTargets("throws", inputs, shape: [2], targets, targetShape: [1]);
(IDataset train, IDataset test) = data.HoldOut(Test);
foreach (Loss loss in (Loss[])[new MeanSquaredError(), new HuberLoss(Delta: 0.05)])
{
    using Model model = Model.Create(Network.Input(2).Linear(64).Relu().Linear(64).Relu().Linear(1), seed: 1);
    var options = new TrainingOptions
    {
        Epochs = 40,
        Loss = loss,
        Optimizer = new Adam(),
        LearningRate = 0.003,
    };
    model.Train(train, options);
    var errors = model.Evaluate(test).Errors!.Value;
    Console.WriteLine($"{loss.Kind}: off by {100 * errors.MeanAbsolute:F1} m on average, R² {errors.RSquared:F3}");
    using Predictor predictor = model.CreatePredictor();
    float far = 100 * predictor.Predict([0.2f, 0.45f])[0];
    Console.WriteLine($"20 m/s, 45 degrees: {far:F1} m; exact {20 * 20 / 9.81:F1} m");
}
