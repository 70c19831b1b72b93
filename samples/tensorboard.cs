#:project ../src/Evenkeel/Evenkeel.csproj
#:project ../src/Evenkeel.Reporting/Evenkeel.Reporting.csproj
using Evenkeel;
using Evenkeel.Reporting.TensorBoard;

// Two runs side by side. `tensorboard --logdir runs` shows their curves, also during training.
(IDataset train, IDataset test) = Digits.Generate();
Graph plain = Network.Input(784).Linear(100).Sigmoid().Linear(100).Sigmoid().Linear(10);
foreach ((string name, Graph network) in new[] { ("plain", plain), ("with-bn", plain.InsertBatchNorm()) })
{
    using var board = new TensorBoardWriter(Path.Combine("runs", name));
    using Model model = Model.Create(network, seed: 1);
    using var trainer = new Trainer(model, train, new TrainingOptions { LearningRate = 0.1 });
    using var evaluator = new Evaluator(model, test);
    double accuracy = 0;
    while (trainer.StepsDone < 3_000)
    {
        var step = trainer.Step();
        board.Scalar("training/loss", step.Step, step.Loss);
        if (step.Step % 500 > 0)
            continue;
        accuracy = evaluator.Run().Accuracy;
        board.Scalar("test/accuracy", step.Step, accuracy);
        board.Histogram("weights/linear1", step.Step, model.Floats("linear1.weight"));
        board.Flush();
    }

    Console.WriteLine(
        $"{name}: final accuracy {accuracy:P1}, {new FileInfo(board.Path).Length:N0} bytes in {board.Path}"
    );
}
