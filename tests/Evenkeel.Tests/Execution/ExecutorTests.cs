using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Execution;

public sealed class ExecutorTests : IDisposable
{
    private static readonly PlanOptions Training = new(PlanMode.Training, 16) { Loss = new SoftmaxCrossEntropy() };

    private readonly Device _device = Device.Cpu(2);
    private readonly Model _model = Samples.Model(Samples.Small(batchNorm: true));
    private readonly float[] _inputs = Samples.Floats(16 * 8, 3);
    private readonly int[] _labels = Samples.Labels(16, 3, 4);

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(11)]
    public void A_smaller_batch_gives_what_a_plan_of_its_size_gives(int batch)
    {
        using Executor large = Open(Training),
            exact = Open(Training with { MaxBatch = batch });
        // A full batch before leaves its values in the memory that the small one must not look at.
        large.ForwardBackward(_inputs, _labels);
        double loss = large.ForwardBackward(_inputs.AsSpan(0, batch * 8), _labels.AsSpan(0, batch));
        Assert.Equal(exact.ForwardBackward(_inputs.AsSpan(0, batch * 8), _labels.AsSpan(0, batch)), loss);
        Close.SameBits(exact.Gradients, large.Gradients, "gradient");
        Close.SameBits(exact.Output, large.Output, "output");
        Assert.Equal(
            (batch * 3, batch * 3, batch),
            (large.Output.Length, large.Probabilities.Length, large.Losses.Length)
        );
    }

    [Fact]
    public void An_empty_batch_has_no_loss_no_gradient_and_no_effect()
    {
        using Executor executor = Open(Training);
        executor.ForwardBackward(_inputs, _labels);
        byte[] before = Samples.Bytes(_model);
        Assert.Equal(0, executor.ForwardBackward([], (int[])[]));
        Assert.True(executor.Output.IsEmpty);
        Assert.All(executor.Gradients.ToArray(), g => Assert.Equal(0f, g));
        executor.Commit();
        Assert.Equal(before, Samples.Bytes(_model));
        Assert.Equal(0, executor.RefusedCommits);
    }

    [Theory]
    [InlineData(true, PlanMode.Training)]
    [InlineData(false, PlanMode.Training)]
    [InlineData(true, PlanMode.Inference)]
    [InlineData(true, PlanMode.BatchStatistics)]
    public void Filling_freed_memory_with_NaN_changes_no_bit(bool fuse, PlanMode mode)
    {
        PlanOptions options = Training with
        {
            Mode = mode,
            Observed = ["linear2"],
            DisabledRules = fuse ? [] : ["fuse-activation"],
        };
        using Executor plain = Open(options),
            filled = Open(options);
        plain.FillFreedWithNaN = false;
        filled.FillFreedWithNaN = true;
        for (int run = 0; run < 2; run++)
        {
            Assert.Equal(Run(plain, mode), Run(filled, mode));
            Close.SameBits(plain.Output, filled.Output, "output");
            Close.SameBits(plain.Value("linear2"), filled.Value("linear2"), "linear2");
            Close.SameBits(plain.Losses, filled.Losses, "losses");
            if (mode == PlanMode.Training)
                Close.SameBits(plain.Gradients, filled.Gradients, "gradient");
        }

        Assert.True(float.IsFinite(plain.Output[0]));
    }

    [Fact]
    public void A_training_run_changes_no_parameter_and_no_statistic_by_itself()
    {
        using Executor executor = Open(Training);
        byte[] before = Samples.Bytes(_model);
        executor.ForwardBackward(_inputs, _labels);
        Assert.Equal(before, Samples.Bytes(_model));
        executor.Commit();
        Assert.NotEqual(before, Samples.Bytes(_model));
    }

    [Theory]
    [InlineData(PlanMode.Training)]
    [InlineData(PlanMode.Inference)]
    public void Values_losses_and_statistics_are_those_of_the_interpreter(PlanMode mode)
    {
        using Executor executor = Open(Training with { Mode = mode, Observed = ["tanh1", "linear1"] });
        double loss = Run(executor, mode);
        var reference = new DoubleNetwork(_model) { Mode = mode };
        Dictionary<string, double[]> values = reference.Values(_inputs);
        // A few roundings of values of size 1 to 5.
        Assert.Equal(reference.Loss(_inputs, _labels), loss, 2e-6);
        Close.Absolute(values["linear3"], executor.Output, 5e-6, "output");
        Close.Absolute(values["tanh1"], executor.Value("tanh1"), 5e-6, "tanh1");
        Close.Absolute(values["linear1"], executor.Value("linear1"), 5e-6, "linear1");
        Assert.Equal(loss, executor.Losses.ToArray().Average(), 1e-6);
        if (mode != PlanMode.Training)
            return;
        (double[] mean, double[] variance) = DoubleNetwork.Moments(values["linear1"], 12);
        Close.Absolute(mean, executor.BatchMean("batchnorm1"), 1e-6, "mean");
        Close.Absolute(variance, executor.BatchVariance("batchnorm1"), 1e-5, "variance");
    }

    [Fact]
    public void Probabilities_sum_to_one()
    {
        using Executor executor = Open(Training);
        executor.ForwardBackward(_inputs, _labels);
        for (int row = 0; row < 16; row++)
            Assert.Equal(1, executor.Probabilities.Slice(row * 3, 3).ToArray().Sum(p => (double)p), 1e-6);
    }

    private Executor Open(PlanOptions options) => new(ExecutionPlan.Build(_model.Graph, options), _model, _device);

    private double Run(Executor executor, PlanMode mode) =>
        mode == PlanMode.Training ? executor.ForwardBackward(_inputs, _labels) : executor.ForwardLoss(_inputs, _labels);
}
