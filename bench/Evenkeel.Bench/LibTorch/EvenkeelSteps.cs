using System.Globalization;
using Evenkeel.Diagnostics;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Bench.LibTorch;

/// <summary>Evenkeel's side of the comparison, in a process of its own as the peer is: <c>time-steps SHARE NETWORK BATCH THREADS [--no-bn]</c>.</summary>
internal static class EvenkeelSteps
{
    public const string Verb = "time-steps";

    // As the peer's.
    private static readonly ConstantRate Rate = new(1e-4);

    public static StepProcess Start(StepNetwork network, StepCase asked) =>
        new("dotnet", [typeof(EvenkeelSteps).Assembly.Location, Verb, Text(asked.Recompute), .. asked.Words(network)]);

    /// <summary>Runs as that process.</summary>
    public static void Serve(string[] args)
    {
        int batch = Number(args[2]);
        Graph graph = StepNetwork.All.Single(n => n.Name == args[1]).Create(!args.Contains("--no-bn"));
        var options = new TrainingOptions
        {
            Optimizer = new SgdMomentum(),
            LearningRate = Rate,
            Threads = Number(args[3]),
            Recompute = double.Parse(args[0], CultureInfo.InvariantCulture),
        };
        using Model model = Model.Create(graph, 1);
        using var trainer = new BatchTrainer(model, batch, options);
        (float[] inputs, int[] labels) = StepTiming.RandomBatch(graph, batch);
        StepLoop.Serve("Evenkeel", Learned(model), () => trainer.Step(inputs, labels), Console.In, Console.Out);
    }

    private static long Learned(Model model) =>
        model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable).Sum(t => (long)t.Tensor.Spec.Count);

    private static string Text(double share) => share.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
