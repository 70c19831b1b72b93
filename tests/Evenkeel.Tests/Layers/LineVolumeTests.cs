using Evenkeel.Configuration;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Rewrites;
using Evenkeel.Tests.Serialization;

namespace Evenkeel.Tests.Layers;

/// <summary>Convolution and pooling over lines and volumes.</summary>
public sealed class LineVolumeTests
{
    private static readonly int[] ThreadCounts = [2, 5];

    private static readonly Dictionary<string, Layer> Layers = new()
    {
        ["line"] = new Conv1d(6, new AxisWindow(3) { Stride = 2, Before = 1 }),
        ["line-grouped"] = new Conv1d(6, new AxisWindow(2) { After = 1 }, Bias: false) { Groups = 3 },
        ["line-depthwise"] = new Conv1d(12, new AxisWindow(3) { Before = 2 }) { Groups = 6 },
        ["line-max"] = new MaxPool1d(
            new AxisWindow(3)
            {
                Stride = 2,
                Before = 1,
                After = 1,
            }
        ),
        ["line-mean"] = new AveragePool1d(new AxisWindow(2) { Before = 1 }),
        ["line-mean-behind"] = new AveragePool1d(new AxisWindow(3) { After = 2 }),
        ["line-mean-real"] = new AveragePool1d(new AxisWindow(3) { Before = 2, Stride = 2 }, AverageDivisor.RealPixels),
        ["volume"] = new Conv3d(
            4,
            new AxisWindow(3) { Before = 1, After = 2 },
            new Window(3, 2) { PadTop = 1, StrideX = 2 }
        ),
        ["volume-strided"] = new Conv3d(4, new AxisWindow(2) { Stride = 2 }, Window.Square(2, 1, 1), Bias: false),
        ["volume-grouped"] = new Conv3d(6, new AxisWindow(2) { Before = 1 }, Window.Square(2)) { Groups = 3 },
        ["volume-planar"] = new Conv3d(4, new AxisWindow(1), Window.Square(3, 1, 1)),
        ["volume-deep"] = new Conv3d(4, new AxisWindow(3), Window.Square(1)),
        ["volume-max"] = new MaxPool3d(new AxisWindow(2) { Stride = 2, Before = 1 }, Window.Square(3, 2, 1)),
        ["volume-mean"] = new AveragePool3d(new AxisWindow(2) { Before = 1, After = 1 }, Window.Square(2, 1, 1)),
        ["volume-mean-real"] = new AveragePool3d(
            new AxisWindow(3) { Before = 1, Stride = 2 },
            Window.Square(3, 2, 2),
            AverageDivisor.RealPixels
        ),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_those_of_finite_differences(string name) =>
        GradientCheck.Run(
            Begin(name).Tanh().Add(Layers[name]).Linear(4).GlobalAveragePool().Linear(3).Build(),
            batch: 3
        );

    [Theory]
    [InlineData("line")]
    [InlineData("volume")]
    public void Batch_normalisation_and_activation_are_fused_as_over_images(string name)
    {
        Layer layer = (ConvolutionLayer)Layers[name] with { Bias = false };
        Graph graph = Begin(name).Add(layer, "conv").BatchNorm().Relu().GlobalAveragePool().Linear(3).Build();
        GradientCheck.Run(graph, batch: 3);
        ExecutionPlan training = ExecutionPlan.Build(
                graph,
                new PlanOptions(PlanMode.Training, 3) { Loss = new SoftmaxCrossEntropy() }
            ),
            inference = ExecutionPlan.Build(graph, new PlanOptions(PlanMode.Inference, 3));
        Assert.Contains(training.Steps, s => s is ConvolutionStatisticsForward { Layer: "conv" });
        Assert.Contains(inference.Steps, s => s is ConvolutionBiasForward { Layer: "conv", Activation: Relu });
    }

    [Fact]
    public void All_lengths_give_what_the_definition_gives()
    {
        for (int length = 1; length <= 25; length++)
        {
            int depth = ((length - 1) % 5) + 1;
            foreach ((string name, Layer layer) in Layers)
            {
                int[] input = name.StartsWith("line", StringComparison.Ordinal)
                    ? [length, 6]
                    : [depth, ((length - 1) / 5) + 1, (length % 7) + 1, 3];
                if (Fits(layer, input))
                    IsExact(Network.Input(input).Add(layer).Build(), $"{name} over [{string.Join(", ", input)}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bits_do_not_depend_on_the_number_of_threads(string name)
    {
        Graph graph = Begin(name).Add(Layers[name]).BatchNorm().Relu().GlobalAveragePool().Linear(3).Build();
        byte[] expected = Train(graph, 1);
        Assert.All(ThreadCounts, threads => Assert.Equal(expected, Train(graph, threads)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_keeps_the_outputs(string name)
    {
        var norm = new BatchNorm(BatchNormConvention.Default);
        using Model model = Samples.Model(Begin(name).Relu().Add(Layers[name]).Add(norm).Sigmoid().Linear(2).Build());
        using Model folded = model.FoldBatchNorm();
        Assert.All(model.PlanFolding(), d => Assert.True(d.Folds || Layers[name] is PoolingLayer, d.Reason));
        float[] inputs = Samples.Floats(3 * model.Graph.Input.Shape.Count, 4);
        double[] expected = new DoubleNetwork(model) { Mode = PlanMode.Inference }.Forward(inputs);
        // Sums of at most 54 products of order 1, two in a row.
        Close.Absolute(expected, RuleCases.Infer(folded, inputs), 2e-6 * (1 + expected.Max(Math.Abs)), name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_and_files_give_the_network_back(string name)
    {
        Graph graph = Begin(name).Add(Layers[name], "layer").Build();
        Assert.Equal(graph.Nodes.AsEnumerable(), GraphJson.Parse(GraphJson.ToText(graph), "test").Nodes.AsEnumerable());
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(graph);
        ModelFile.Save(model, folder.File("m.safetensors"));
        using Model read = ModelFile.Load(folder.File("m.safetensors"));
        Assert.Equal(Samples.Bytes(model), Samples.Bytes(read));
    }

    [Theory]
    [InlineData("line-grouped", new long[] { 6, 2, 2 })]
    [InlineData("volume-grouped", new long[] { 6, 1, 2, 2, 2 })]
    public void Files_hold_weights_as_PyTorch_does(string name, long[] shape)
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Begin(name).Add(Layers[name], "layer").Build());
        ModelFile.Save(model, folder.File("m.safetensors"));
        using var reader = SafeTensorsReader.Open(folder.File("m.safetensors"));
        Assert.Equal(shape, reader.Info("layer.weight").Shape);
    }

    [Fact]
    public void What_does_not_fit_is_said_in_the_terms_of_the_layer()
    {
        Says("[length, channels], not [5, 6, 3]", [5, 6, 3], new Conv1d(2, new AxisWindow(3)));
        Says("[depth, height, width, channels], not [5, 6, 3]", [5, 6, 3], new MaxPool3d(new(2), Window.Square(2)));
        Says("the window 9 is larger than the padded length 7", [5, 3], new AveragePool1d(new(9) { Before = 2 }));
        Says("padding must be smaller than the window 2", [5, 3], new MaxPool1d(new(2) { After = 2 }));
        Says("2 groups must divide 3 channels", [5, 3], new Conv1d(4, new AxisWindow(1)) { Groups = 2 });
    }

    private static void Says(string message, int[] input, Layer layer)
    {
        GraphException thrown = Assert.Throws<GraphException>(() => Network.Input(input).Add(layer));
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    private static Network Begin(string name) =>
        name.StartsWith("line", StringComparison.Ordinal)
            ? Network.Input(7, 4).Linear(6)
            : Network.Input(4, 5, 3, 2).Linear(3);

    private static bool Fits(Layer layer, int[] input)
    {
        try
        {
            _ = layer.InferShape([new Shape(input)]);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void IsExact(Graph graph, string what)
    {
        using Model model = Samples.Model(graph);
        float[] inputs = Samples.Floats(2 * graph.Input.Shape.Count, 5);
        double[] expected = WindowDefinition.Run(
            graph.Output,
            graph.Input.Shape,
            Array.ConvertAll(inputs, x => (double)x),
            name => Array.ConvertAll(model.Floats($"{graph.OutputName}.{name}").ToArray(), x => (double)x)
        );
        // Sums of at most 54 products of order 1.
        Close.Absolute(expected, RuleCases.Infer(model, inputs), 4e-6 * (1 + expected.Max(Math.Abs)), what);
    }

    private static byte[] Train(Graph graph, int threads)
    {
        using Model model = Samples.Model(graph);
        using var device = Device.Cpu(threads);
        var options = new PlanOptions(PlanMode.Training, 9) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(ExecutionPlan.Build(graph, options), model, device);
        executor.ForwardBackward(Samples.Floats(9 * graph.Input.Shape.Count, 3), Samples.Labels(9, 3, 4));
        return System.Runtime.InteropServices.MemoryMarshal.AsBytes(executor.Gradients).ToArray();
    }
}
