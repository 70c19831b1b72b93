using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>A few operators in double precision over images in the file's order, constants being one number, or one for each channel.</summary>
internal static class WrittenReference
{
    public static double[] Run(ModelProto proto, float[] x, int channels)
    {
        var values = new Dictionary<string, double[]> { ["x"] = Array.ConvertAll(x, v => (double)v) };
        foreach (TensorProto tensor in proto.Graph.Initializer)
            values[tensor.Name] =
            [
                .. Enumerable
                    .Range(0, x.Length)
                    .Select(i => (double)tensor.FloatData[i * tensor.FloatData.Count / x.Length]),
            ];
        foreach (NodeProto node in proto.Graph.Node)
        {
            double[] a = values[node.Input[0]],
                b = values[node.Input[^1]];
            values[node.Output[0]] =
            [
                .. Enumerable.Range(0, x.Length).Select(i => Value(node.OpType, a, b, i, x.Length / channels)),
            ];
        }

        return values["y"];
    }

    private static double Value(string operation, double[] a, double[] b, int i, int positions) =>
        operation switch
        {
            "Add" => a[i] + b[i],
            "Sub" => a[i] - b[i],
            "Mul" => a[i] * b[i],
            "Div" => a[i] / b[i],
            "Pow" => Math.Pow(a[i], b[i]),
            "Sqrt" => Math.Sqrt(a[i]),
            "Reciprocal" => 1 / a[i],
            "Tanh" => Math.Tanh(a[i]),
            "Erf" => ErrorFunction(a[i]),
            "ReduceMean" => a.Where((_, j) => j % positions == i % positions).Average(),
            _ => throw new NotSupportedException(operation),
        };

    // The Taylor series: below 3, no term exceeds a few hundred.
    private static double ErrorFunction(double x)
    {
        double sum = x,
            power = x;
        for (int n = 1; n < 60; n++)
        {
            power *= -x * x / n;
            sum += power / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
