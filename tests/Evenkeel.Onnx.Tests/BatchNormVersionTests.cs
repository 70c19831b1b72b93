using Evenkeel.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;
using Evenkeel.Onnx.Tests.TestData;
using Evenkeel.Planning;

namespace Evenkeel.Onnx.Tests;

/// <summary>What each version of BatchNormalization says, and how it becomes a convention.</summary>
public sealed class BatchNormVersionTests
{
    [Theory]
    [InlineData(1, 1, 1, false, RunningVariance.Unbiased)]
    [InlineData(1, 0, 1, true, RunningVariance.Unbiased)]
    [InlineData(6, 0, 5, true, RunningVariance.Unbiased)]
    [InlineData(7, null, 1, false, RunningVariance.Unbiased)]
    [InlineData(7, null, 5, true, RunningVariance.Unbiased)]
    [InlineData(9, null, 5, true, RunningVariance.Unbiased)]
    [InlineData(14, null, 3, true, RunningVariance.Biased)]
    [InlineData(15, null, 3, true, RunningVariance.Biased)]
    [InlineData(15, null, 1, false, RunningVariance.Unbiased)]
    public void Mode_and_variance_follow_the_version(
        int opset,
        int? isTest,
        int outputs,
        bool trains,
        RunningVariance variance
    )
    {
        List<AttributeProto> attributes = [NodeFiles.Set("momentum", 0.7f), NodeFiles.Set("epsilon", 0.02f)];
        if (isTest is { } test)
            attributes.Add(NodeFiles.Set("is_test", test));
        if (opset >= 14 && outputs > 1)
            attributes.Add(NodeFiles.Set("training_mode", 1));
        string made = string.Join(' ', ((string[])["y", "m", "v", "sm", "sv"])[..outputs]);
        ModelProto proto = Statistics(
            NodeFiles.Model(opset, [2], NodeFiles.Node("BatchNormalization", "x s b rm rv", made, [.. attributes]))
        );
        using OnnxModel model = OnnxModel.Import(proto, "test");
        var norm = (BatchNorm)model.Model.Graph.Output.Layer;
        Assert.Equal(0.02f, norm.Convention.Epsilon);
        Assert.Equal(1 - 0.7, norm.Convention.UpdateRate!.Value, 1e-12);
        Assert.Equal(variance, norm.Convention.RunningVariance);
        Assert.Equal(trains, norm.MixesExamples);
        Assert.Equal(trains, model.Notes.Any(n => n.Contains("outputs depend on the batch", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Statistics_of_each_place_are_laid_out_as_the_model_lays_out_images(int opset)
    {
        // Two channels of three places: the file counts places fastest, the model channels.
        float[] mean = [0, 1, 2, 10, 11, 12];
        ModelProto proto = NodeFiles
            .Model(
                opset,
                [2, 1, 3],
                NodeFiles.Node(
                    "BatchNormalization",
                    "x s b rm rv",
                    "y",
                    NodeFiles.Set("spatial", 0),
                    NodeFiles.Set("is_test", 1),
                    NodeFiles.Set("epsilon", 0f)
                )
            )
            .With("s", [1, 1, 1, 1, 1, 1], 2, 1, 3)
            .With("b", [0, 0, 0, 0, 0, 0], 2, 1, 3)
            .With("rm", mean, 2, 1, 3)
            .With("rv", [1, 1, 1, 1, 1, 1], 2, 1, 3);
        using OnnxModel model = OnnxModel.Import(proto, "test");
        using var predictor = new Predictor(model.Model);
        Assert.Equal([0f, -10f, -1f, -11f, -2f, -12f], predictor.Predict(new float[6]));
    }

    [Fact]
    public void All_of_the_old_value_means_that_nothing_is_updated()
    {
        ModelProto proto = Statistics(
            NodeFiles.Model(
                9,
                [2],
                NodeFiles.Node("BatchNormalization", "x s b rm rv", "y", NodeFiles.Set("momentum", 1f))
            )
        );
        using OnnxModel model = OnnxModel.Import(proto, "test");
        Assert.False(((BatchNorm)model.Model.Graph.Output.Layer).UpdateStatistics);
    }

    [Fact]
    public void A_variance_below_zero_is_refused()
    {
        ModelProto proto = Statistics(
            NodeFiles.Model(9, [2], NodeFiles.Node("BatchNormalization", "x s b rm rv", "y"))
        );
        proto.Graph.Initializer.Single(t => t.Name == "rv").FloatData[1] = -1e-5f;
        OnnxException e = Assert.Throws<OnnxException>(() => OnnxModel.Import(proto, "test"));
        Assert.Contains("value 1 of its running_var", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rv", "running_var", -1e-5f)]
    [InlineData("rm", "running_mean", float.NaN)]
    [InlineData("s", "weight", float.PositiveInfinity)]
    public void Damaged_values_are_read_as_they_are_if_asked_for(string initializer, string tensor, float value)
    {
        ModelProto proto = Statistics(
            NodeFiles.Model(9, [2], NodeFiles.Node("BatchNormalization", "x s b rm rv", "y"))
        );
        proto.Graph.Initializer.Single(t => t.Name == initializer).FloatData[1] = value;
        var options = new OnnxImportOptions { AllowDamagedStatistics = true };
        using OnnxModel model = OnnxModel.Import(proto, "test", options: options);
        string layer = model.Model.Graph.OutputName;
        Assert.Equal(value, model.Model.Floats($"{layer}.{tensor}")[1]);
        Assert.NotEmpty(model.Model.InspectBatchNorm()[0].Findings);
    }

    [Theory]
    [InlineData("test_batchnorm_example_training_mode")]
    [InlineData("test_batchnorm_epsilon_training_mode")]
    public void Running_statistics_of_the_published_cases_are_updated_as_expected(string name)
    {
        string folder = BackendFolders.Of("node").Single(f => Path.GetFileName(f) == name);
        ModelProto proto = ModelReader.Read(Path.Combine(folder, "model.onnx"), new OnnxImportOptions());
        ConstantTensor input = BackendCase.BindInputs(proto, folder);
        using OnnxModel model = OnnxModel.Import(proto, name, null, new OnnxImportOptions { Output = "y" });
        var plan = ExecutionPlan.Build(
            model.Model.Graph,
            new PlanOptions(PlanMode.Training, 8) { Loss = new SoftmaxCrossEntropy() }
        );
        using var device = Device.Cpu(1);
        using var executor = new Executor(plan, model.Model, device);
        var read = model.Model.Graph.Input.Shape;
        float[] x = ChannelOrder.ToLast(input.Floats, read);
        executor.ForwardBackward(x, new int[x.Length / read.Channels]);
        executor.Commit();
        string layer = model.Model.Graph.OutputName;
        // The reference adds up in single precision: a few roundings of values near 1.
        AssertClose(folder, "output_1.pb", model.Model.Floats($"{layer}.running_mean"));
        AssertClose(folder, "output_2.pb", model.Model.Floats($"{layer}.running_var"));
    }

    private static void AssertClose(string folder, string file, ReadOnlySpan<float> found)
    {
        float[] expected = BackendCase.Tensor(BackendCase.Data(folder, file)).Floats;
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-6);
    }

    private static ModelProto Statistics(ModelProto model) =>
        model.With("s", [1, 2], 2).With("b", [0, 1], 2).With("rm", [0.5f, -1], 2).With("rv", [4, 0.25f], 2);
}
