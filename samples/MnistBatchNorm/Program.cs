using Evenkeel;

int steps = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 3_000;
DatasetSplit digits = Digits.Generate();

// Section 4.1 of the paper, then Algorithm 2: batch normalisation in front of every nonlinearity.
Graph plain = Network.Input(784).Linear(100).Sigmoid().Linear(100).Sigmoid().Linear(100).Sigmoid().Linear(10).Build();
using Model model = Model.Create(plain.InsertBatchNorm(), seed: 1);
using var trainer = new Trainer(model, digits.Train, new TrainingOptions { LearningRate = new ConstantRate(0.5) });
trainer.Run(
    steps,
    step =>
    {
        if (step.Step % 500 == 0)
            Console.WriteLine($"step {step.Step}: loss {step.Loss:F3}");
    }
);

// The trained network with population statistics folded into its linear layers: no batch normalisation is left.
using Model frozen = model.FoldBatchNorm(digits.Train);
using var evaluator = new Evaluator(frozen, digits.Test);
Console.WriteLine($"{evaluator.Run().Accuracy:P2} of the test digits are read right");
