using Evenkeel.Execution;
using Evenkeel.Lowering;

namespace Evenkeel.Onnx.Export;

/// <summary>Runs two models over the same examples.</summary>
internal static class ExportCheck
{
    private const int Examples = 4;

    /// <summary>The largest difference, relative to the larger of 1 and the output's magnitude.</summary>
    public static double LargestDifference(Model model, Model read, PlanMode mode)
    {
        float[] inputs = Inputs(model.Graph.Input.Shape.Count * Examples);
        return Compare(Run(model, inputs, mode), Run(read, inputs, mode));
    }

    private static float[][] Run(Model model, float[] inputs, PlanMode mode)
    {
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(mode, Examples), device);
        executor.Forward(inputs);
        return
        [
            .. model.Graph.OutputNames.Select(
                (name, i) => name == model.Graph.Input.Name ? inputs : executor.OutputAt(i).ToArray()
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
    private static float[] Inputs(int count) =>
        [.. Enumerable.Range(1, count).Select(i => (float)((4 * (i * 0.6180339887498949 % 1)) - 2))];
}
