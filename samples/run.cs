#:project ../src/Evenkeel.Runs/Evenkeel.Runs.csproj
using Evenkeel;
using Evenkeel.Runs;

RunConfig config = RunConfig.Parse(
    """
    {
      "network": { "name": "mnist", "batchNorm": true },
      "data": { "source": "digits", "trainCount": 12000, "testCount": 2000, "validation": 2000 },
      "learningRate": 0.5,
      "steps": 1000
    }
    """
);
string folder = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-").FullName, "run");

// The service is asked to stop while it trains. The run finishes the current step and saves its state.
using var ending = new CancellationTokenSource();
RunOutcome stopped = TrainingRun.Start(config, folder, new Service(ending), cancellation: ending.Token);
Console.WriteLine($"stopped after step {stopped.Steps} of {stopped.TotalSteps}");

// Later the run resumes. The result has the bits of a run that never stopped.
RunOutcome done = TrainingRun.Resume(folder);
Console.WriteLine($"{done.Result!.BestTestScore} at step {done.Result.BestStep}");
Console.WriteLine($"accuracies: {string.Join(", ", done.Files.ReadMetrics().Series("accuracy").Values)}");
using Model best = Model.Load(done.Files.Best);

internal sealed class Service(CancellationTokenSource ending) : RunHost
{
    public override void Note(string text) => Console.WriteLine(text);

    public override void Report(in RunProgress progress)
    {
        if (progress.Step == 700)
            ending.Cancel();
    }
}
