using System.Globalization;
using Evenkeel.Configuration;
using Evenkeel.Lowering;
using Evenkeel.Onnx;
using Evenkeel.Planning;

namespace Evenkeel.Bench;

/// <summary>Processor time of everything between a file and a plan against the number of nodes: ten times the nodes must take about ten times as long.</summary>
internal static class ScaleBench
{
    private static readonly int[] Sizes = [1_000, 3_000, 10_000, 30_000, 100_000];

    /// <summary>Prints one table for each shape of network, up to a number of nodes.</summary>
    public static void Run(TextWriter output, int most)
    {
        // Once for the compiler.
        _ = Times(ScaleNetworks.All[^1].Make, 300);
        foreach ((string name, Func<int, Graph> make, int limit) in ScaleNetworks.All)
        {
            int[] sizes = [.. Sizes.Where(s => s <= Math.Min(most, limit))];
            (string Operation, double Seconds)[][] columns = [.. sizes.Select(size => Times(make, size))];
            output.WriteLine($"Seconds of processor time, {name}:\n");
            output.WriteLine(
                $"| nodes | {string.Join(" | ", sizes.Select(s => s.ToString("N0", CultureInfo.InvariantCulture)))} | last by the one before, for {Factor(sizes):F1} times the nodes |"
            );
            output.WriteLine($"|---|{string.Concat(sizes.Select(_ => "---|"))}---|");
            for (int row = 0; row < columns[0].Length; row++)
                Show(output, [.. columns.Select(c => c[row])]);
            output.WriteLine();
        }
    }

    private static double Factor(int[] sizes) => sizes.Length > 1 ? (double)sizes[^1] / sizes[^2] : 1;

    private static void Show(TextWriter output, (string Operation, double Seconds)[] row)
    {
        string times = string.Join(" | ", row.Select(t => t.Seconds.ToString("F3", CultureInfo.InvariantCulture)));
        double factor = row.Length > 1 ? row[^1].Seconds / row[^2].Seconds : 1;
        output.WriteLine($"| {row[0].Operation} | {times} | {factor.ToString("F1", CultureInfo.InvariantCulture)} |");
    }

    private static (string Operation, double Seconds)[] Times(Func<int, Graph> make, int nodes)
    {
        var times = new List<(string, double)>();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("evenkeel-scale");
        try
        {
            string saved = Path.Combine(folder.FullName, "model.safetensors"),
                written = Path.Combine(folder.FullName, "model.onnx");
            Graph graph = Time("network built", () => make(nodes));
            string text = Time("network as JSON written", () => GraphJson.ToText(graph));
            _ = Time("network as JSON read", () => GraphJson.Parse(text, "network"));
            _ = Time("batch normalisation inserted", () => graph.InsertBatchNorm());
            using Model model = Time("model with initial values", () => Model.Create(graph, 1));
            _ = Time("plan for inference", () => Plan(graph, PlanMode.Inference));
            _ = Time("plan for training", () => Plan(graph, PlanMode.Training));
            Time("batch normalisation folded", () => model.FoldBatchNorm()).Dispose();
            Time("predictor", () => new Predictor(model, 1)).Dispose();
            _ = Time("model saved", () => Saved(model, saved));
            Time("model loaded", () => ModelFile.Load(saved)).Dispose();
            _ = Time("ONNX written and held against the model", () => OnnxExport.Save(model, written));
            Time("ONNX imported", () => OnnxModel.Load(written)).Dispose();
        }
        finally
        {
            folder.Delete(true);
        }

        return [.. times];

        T Time<T>(string operation, Func<T> run)
        {
            GC.Collect();
            TimeSpan begin = Environment.CpuUsage.TotalTime;
            T result = run();
            times.Add((operation, (Environment.CpuUsage.TotalTime - begin).TotalSeconds));
            return result;
        }
    }

    private static ExecutionPlan Plan(Graph graph, PlanMode mode) =>
        ExecutionPlan.Build(
            graph,
            new PlanOptions(mode, 1) { Loss = mode == PlanMode.Training ? new SoftmaxCrossEntropy() : null }
        );

    private static bool Saved(Model model, string path)
    {
        ModelFile.Save(model, path);
        return true;
    }
}
