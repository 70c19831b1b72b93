using Evenkeel.Layers;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Operators of two values, one of them known: every place and shape that the constant may have.</summary>
public sealed class ConstantOperandTests
{
    private static readonly float[] X = [-3, -0.5f, 1, 2, 0.25f, -8];

    public static TheoryData<string, string, float[], long[]> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, float[], long[]>();
            (float[], long[])[] constants =
            [
                ([2], []),
                ([2, 2], [2, 1, 1]),
                ([3, -1], [2, 1, 1]),
                ([1, 2, 3], [1, 1, 3]),
                ([1, -2, 3, 0.5f, -1, 2], [1, 2, 1, 3]),
            ];
            foreach (string operation in (string[])["Max", "Min", "Pow", "Add", "Sub", "Mul", "Div"])
            {
                foreach (string order in (string[])["x c", "c x"])
                {
                    foreach ((float[] values, long[] shape) in constants)
                        cases.Add(operation, order, values, shape);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_orders_and_all_shapes(string operation, string order, float[] constant, long[] shape)
    {
        Func<double, double, double> compute = operation switch
        {
            "Max" => Math.Max,
            "Min" => Math.Min,
            "Pow" => Math.Pow,
            "Add" => (a, b) => a + b,
            "Sub" => (a, b) => a - b,
            "Mul" => (a, b) => a * b,
            _ => (a, b) => a / b,
        };
        double c(int i) =>
            constant[
                constant.Length == 2 ? i / 3
                : constant.Length == 3 ? i % 3
                : i % constant.Length
            ];
        double[] expected = [.. X.Select((x, i) => order == "x c" ? compute(x, c(i)) : compute(c(i), x))];
        float[] found = Run(
            NodeFiles.Model(13, [2, 1, 3], NodeFiles.Node(operation, order, "y")).With("c", constant, shape)
        );
        // Two roundings at most.
        for (int i = 0; i < X.Length; i++)
            Assert.Equal(
                expected[i],
                found[i],
                2e-7 * (1 + (double.IsFinite(expected[i]) ? Math.Abs(expected[i]) : 0))
            );
    }

    [Fact]
    public void Max_and_min_with_one_number_are_a_clip()
    {
        ModelProto proto = NodeFiles
            .Model(13, [2, 1, 3], NodeFiles.Node("Max", "x low", "m"), NodeFiles.Node("Min", "high m", "y"))
            .With("low", [0])
            .With("high", [6], 1);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.All(model.Model.Graph.Nodes.Skip(1), n => Assert.IsType<Clip>(n.Layer));
        Assert.Equal(X.Select(x => Math.Clamp(x, 0, 6)), Run(proto));
    }

    [Fact]
    public void Any_number_of_values_and_an_expanded_one()
    {
        ModelProto proto = NodeFiles
            .Model(13, [2, 1, 3], NodeFiles.Node("Neg", "x", "n"), NodeFiles.Node("Max", "x c n d", "y"))
            .With("c", [0.4f, 1], 2, 1, 1)
            .With("d", [0.3f], 1, 1, 1, 1);
        Assert.Equal(X.Select((x, i) => Math.Max(Math.Abs(x), i < 3 ? 0.4f : 1)), Run(proto));
        ModelProto one = NodeFiles.Model(
            13,
            [2, 1, 3],
            NodeFiles.Node("Min", "x", "m"),
            NodeFiles.Node("Neg", "m", "y")
        );
        Assert.Equal(X.Select(x => -x), Run(one));
    }

    [Theory]
    [InlineData(1f, null)]
    [InlineData(0.5f, typeof(Sqrt))]
    [InlineData(-1f, typeof(Reciprocal))]
    [InlineData(2f, typeof(Power))]
    public void Exponents_that_are_functions_of_their_own(float exponent, Type? layer)
    {
        ModelProto proto = NodeFiles
            .Model(13, [2, 1, 3], NodeFiles.Node("Abs", "x", "a"), NodeFiles.Node("Pow", "a p", "y"))
            .With("p", [exponent]);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.Equal(layer ?? typeof(Abs), model.Model.Graph.Nodes[^1].Layer.GetType());
        float[] found = Run(proto);
        for (int i = 0; i < X.Length; i++)
            Assert.Equal(MathF.Pow(MathF.Abs(X[i]), exponent), found[i], 1e-6f);
    }

    private static float[] Run(ModelProto proto)
    {
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        float[] y = predictor.Predict(ChannelOrder.ToLast(X, predictor.InputShape));
        return ChannelOrder.ToFirst(y, model.Model.Graph.Output.Shape);
    }
}
