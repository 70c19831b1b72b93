using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Onnx.Tests;

/// <summary>Networks of this library written, read and run again.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Notes_and_names_come_back()
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Network.Input(4).Linear(3).BatchNorm().Build());
        var options = new OnnxExportOptions
        {
            InputName = "pixels",
            OutputName = "scores",
            Metadata = new Dictionary<string, string> { ["maker"] = "somebody", ["scaling"] = "mean 0.5" },
        };
        OnnxExport.Save(model, folder.File("m.onnx"), options);
        using OnnxModel read = OnnxModel.Load(folder.File("m.onnx"));
        Assert.Equal(("pixels", "scores"), (read.InputName, read.OutputName));
        Assert.Equal(options.Metadata, read.Metadata);
    }

    [Theory]
    [InlineData("running_var", float.NaN)]
    [InlineData("running_var", -1f)]
    [InlineData("weight", float.PositiveInfinity)]
    public void Damaged_statistics_are_not_written(string tensor, float value)
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Network.Input(4).Linear(3).BatchNorm(name: "norm").Build());
        model.Floats($"norm.{tensor}")[2] = value;
        var error = Assert.Throws<OnnxException>(() => OnnxExport.Save(model, folder.File("m.onnx")));
        Assert.Contains($"'norm' cannot be written: value 2 of its {tensor}", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("m.onnx")));
    }

    [Fact]
    public void Layers_that_share_parameters_are_written_with_them()
    {
        using var folder = new TemporaryFolder();
        Graph tied = Network.Input(3).Linear(3, name: "fc").BatchNorm(name: "norm").Again("fc").Again("norm").Build();
        using Model model = Samples.Model(tied);
        Assert.Equal(0, OnnxExport.Save(model, folder.File("m.onnx")).LargestDifference);
        var folding = new OnnxExportOptions { BatchNorm = BatchNormExport.Fold };
        var error = Assert.Throws<OnnxException>(() => OnnxExport.Save(model, folder.File("folded.onnx"), folding));
        Assert.Contains("shares its scale and shift with another layer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_folded_is_a_product_and_a_sum_and_is_told()
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(
            Network.Input(4).Linear(3).BatchNorm(name: "folds").Relu().BatchNorm(name: "stays").Sigmoid().Build()
        );
        OnnxExportResult result = OnnxExport.Save(
            model,
            folder.File("m.onnx"),
            new OnnxExportOptions { BatchNorm = BatchNormExport.Fold }
        );
        string note = Assert.Single(result.Notes);
        Assert.StartsWith("'stays' is written as Mul and Add:", note, StringComparison.Ordinal);
        // Products and sums of a few float32 numbers of order 1, in another order.
        Assert.InRange(result.LargestDifference, 0, 1e-6);
        using OnnxModel read = OnnxModel.Load(folder.File("m.onnx"));
        Assert.DoesNotContain(read.Model.Graph.Nodes, n => n.Layer is BatchNorm);
    }

    // Kept networks run the same kernels on the same values, but for where a bias is folded; folding multiplies weights beforehand,
    // which changes the last digit of each of a few dozen layers.
    private const double KeptTolerance = 1e-6;
    private const double FoldedTolerance = 2e-5;

    public static TheoryData<string, BatchNormExport> Cases
    {
        get
        {
            var cases = new TheoryData<string, BatchNormExport>();
            foreach (string network in (string[])["mnist", "vgg", "resnet", "inception"])
            {
                foreach (BatchNormExport mode in Enum.GetValues<BatchNormExport>())
                    cases.Add(network, mode);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Networks_come_back(string network, BatchNormExport mode)
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Samples.Graph(network));
        string file = folder.File("model.onnx");
        OnnxExportResult result = OnnxExport.Save(model, file, new OnnxExportOptions { BatchNorm = mode });
        TestContext.Current.TestOutputHelper?.WriteLine($"{network} {mode}: {result.LargestDifference:g3}");
        Assert.InRange(result.LargestDifference, 0, mode == BatchNormExport.Fold ? FoldedTolerance : KeptTolerance);
        using OnnxModel read = OnnxModel.Load(file);
        Assert.Equal("input", read.InputName);
        Assert.Equal("output", read.OutputName);
        Assert.Equal(mode == BatchNormExport.Fold ? 0 : Norms(model).Length, Norms(read.Model).Length);
        if (mode == BatchNormExport.Keep)
            Assert.Equal(Tensors(model), Tensors(read.Model));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(21)]
    public void Every_layer_comes_back(int opset)
    {
        using var folder = new TemporaryFolder();
        foreach (Node node in AllLayers.Graph.Nodes.Skip(1))
        {
            using Model model = Samples.Model(new Graph(AllLayers.Graph.Nodes, node.Name));
            string file = folder.File("all.onnx");
            OnnxExportResult result = OnnxExport.Save(model, file, new OnnxExportOptions { Opset = opset });
            Assert.True(result.LargestDifference <= KeptTolerance, $"{node.Name}: {result.LargestDifference}");
        }
    }

    [Fact]
    public void There_is_a_case_and_a_writer_for_every_layer()
    {
        HashSet<Type> layers =
        [
            .. typeof(Layer).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract),
        ];
        layers.Remove(typeof(Input));
        // Code of the caller's, which is refused.
        layers.Remove(typeof(CustomLayer));
        Assert.Equal(layers, Export.LayerExport.Known.ToHashSet());
        Assert.Empty(layers.Except(AllLayers.Graph.Nodes.Select(n => n.Layer.GetType())));
    }

    [Theory]
    [InlineData(BatchNormExport.Keep, RunningVariance.Unbiased)]
    [InlineData(BatchNormExport.Train, RunningVariance.Biased)]
    public void Conventions_are_converted_there_and_back(BatchNormExport mode, RunningVariance variance)
    {
        var convention = new BatchNormConvention
        {
            Epsilon = 0.003f,
            UpdateRate = 0.01,
            RunningVariance = variance,
        };
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(
            Network.Input(4, 4, 3).Conv2d(5, 3).BatchNorm(convention).Relu().GlobalAveragePool().Build()
        );
        string file = folder.File("model.onnx");
        OnnxExportResult result = OnnxExport.Save(model, file, new OnnxExportOptions { BatchNorm = mode });
        Assert.Empty(result.Notes);
        using OnnxModel read = OnnxModel.Load(file);
        Assert.Equal(convention, Norms(read.Model).Single().Convention);
    }

    [Theory]
    [InlineData(BatchNormExport.Keep)]
    [InlineData(BatchNormExport.Fold)]
    [InlineData(BatchNormExport.Train)]
    public void Statistics_of_each_batch_stay_so(BatchNormExport mode)
    {
        var layer = new BatchNorm(BatchNormConvention.Default) { InferenceStatistics = StatisticsSource.Batch };
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Network.Input(4, 4, 3).Conv2d(5, 3).Add(layer).BatchNorm().Relu().Build());
        string file = folder.File("model.onnx");
        OnnxExportResult result = OnnxExport.Save(model, file, new OnnxExportOptions { BatchNorm = mode });
        Assert.InRange(result.LargestDifference, 0, FoldedTolerance);
        using OnnxModel read = OnnxModel.Load(file);
        Assert.Equal(StatisticsSource.Batch, Norms(read.Model)[0].InferenceStatistics);
        Assert.Throws<OnnxException>(() =>
            OnnxExport.Save(model, file, new OnnxExportOptions { BatchNorm = mode, Opset = 13 })
        );
    }

    [Fact]
    public void What_the_file_cannot_express_is_told()
    {
        var convention = new BatchNormConvention { UpdateRate = null };
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Network.Input(4).Linear(3).BatchNorm(convention, "bn").Build());
        OnnxExportResult result = OnnxExport.Save(
            model,
            folder.File("model.onnx"),
            new OnnxExportOptions { BatchNorm = BatchNormExport.Train }
        );
        Assert.Contains(result.Notes, n => n.StartsWith("bn: it averages all batches", StringComparison.Ordinal));
        Assert.Contains(result.Notes, n => n.Contains("m/(m-1)", StringComparison.Ordinal));
    }

    [Fact]
    public void Statistics_of_each_position_come_back()
    {
        using var folder = new TemporaryFolder();
        Graph graph = Network
            .Input(5, 4, 3)
            .Conv2d(2, 3, bias: false)
            .Add(new BatchNorm(BatchNormConvention.Default) { PerActivation = true })
            .Relu()
            .Flatten()
            .Linear(3)
            .Build();
        using Model model = Samples.Model(graph);
        OnnxExportResult kept = OnnxExport.Save(model, folder.File("model.onnx"));
        Assert.InRange(kept.LargestDifference, 0, KeptTolerance);
        OnnxException e = Assert.Throws<OnnxException>(() =>
            OnnxExport.Save(model, folder.File("f.onnx"), new OnnxExportOptions { BatchNorm = BatchNormExport.Fold })
        );
        Assert.Contains("each of 6 positions", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12, BatchNormExport.Keep)]
    [InlineData(22, BatchNormExport.Keep)]
    [InlineData(13, BatchNormExport.Train)]
    public void Versions_that_cannot_be_written_are_refused(int opset, BatchNormExport mode)
    {
        using Model model = Samples.Model(Samples.Graph("mnist"));
        Assert.Throws<OnnxException>(() =>
            OnnxExport.Save(model, "never.onnx", new OnnxExportOptions { Opset = opset, BatchNorm = mode })
        );
        Assert.False(File.Exists("never.onnx"));
    }

    private static BatchNorm[] Norms(Model model) => [.. model.Graph.Nodes.Select(n => n.Layer).OfType<BatchNorm>()];

    // A counter of batches has no place in the file.
    private static IEnumerable<(string, int)> Tensors(Model model) =>
        model
            .Layout.Tensors.Select(t => (t.Tensor.Name, t.Tensor.Spec.Count))
            .OrderBy(t => t.Name, StringComparer.Ordinal);

    [Fact]
    public void A_scale_that_does_not_make_the_size_is_refused_and_plays_no_part_between_corners()
    {
        using var folder = new TemporaryFolder();
        var layer = new ResizeNearest(6, 2) { ScaleY = 1.7 };
        using Model model = Model.Create(Network.Input(9, 1, 1).Add(layer, "wide").Build(), 1);
        var error = Assert.Throws<OnnxException>(() => OnnxExport.Save(model, folder.File("m.onnx")));
        Assert.Contains("'wide' makes 6 pixels of 9 with a scale of 1.7", error.Message, StringComparison.Ordinal);
        Layer corners = layer with { Coordinates = ResizeCoordinates.AlignCorners };
        using Model kept = Model.Create(Network.Input(9, 1, 1).Add(corners).Build(), 1);
        Assert.Equal(0, OnnxExport.Save(kept, folder.File("m.onnx")).LargestDifference);
    }
}
