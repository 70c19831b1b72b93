using Evenkeel.Execution;
using Evenkeel.Lowering;

namespace Evenkeel.Onnx.Export;

/// <summary>Runs two models over the same examples.</summary>
internal static class ExportCheck
{
    private const int Examples = 4;

    /// <summary>The largest difference, relative to the larger of 1 and the output's magnitude.</summary>
    /// <param name="model">What was written.</param>
    /// <param name="read">What was read back: inputs that nothing reads are not there.</param>
    /// <param name="names">Names of the model's inputs in the file.</param>
    /// <param name="mode">How both are run.</param>
    public static double LargestDifference(Model model, Model read, IEnumerable<string> names, PlanMode mode)
    {
        float[][] inputs = [.. model.Graph.Inputs.Select((n, i) => Inputs(n.Shape.Count * Examples, i))];
        return Compare(Run(model, model.Graph.Inputs.Select(n => n.Name)), Run(read, names));

        float[][] Run(Model run, IEnumerable<string> called) =>
            ExportCheck.Run(run, called.Zip(inputs).ToDictionary(), mode);
    }

    private static float[][] Run(Model model, Dictionary<string, float[]> inputs, PlanMode mode)
    {
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(mode, Examples), device);
        executor.ForwardAll([.. model.Graph.Inputs.Select(n => inputs[n.Name])]);
        return
        [
            .. model.Graph.OutputNames.Select(
                (name, i) => inputs.GetValueOrDefault(name) ?? executor.OutputAt(i).ToArray()
            ),
        ];
    }

    private static double Compare(float[][] expected, float[][] found) =>
        expected.Length == found.Length ? expected.Zip(found, Compare).Max() : double.PositiveInfinity;

    private static double Compare(float[] expected, float[] found)
    {
        if (expected.Length != found.Length)
            return double.PositiveInfinity;
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i].Equals(found[i]))
                continue;
            double difference = Math.Abs((double)found[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
            largest = difference > largest || double.IsNaN(difference) ? difference : largest;
        }

        return largest;
    }

    // Between -2 and 2, the same each time: a sequence with the golden ratio as its step leaves no gaps.
    private static float[] Inputs(int count, int input) =>
        [.. Enumerable.Range(1 + (1000 * input), count).Select(i => (float)((4 * (i * 0.6180339887498949 % 1)) - 2))];
}
