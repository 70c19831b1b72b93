using Evenkeel.Layers;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>Which kernel runs each type of step on the CPU: the one table to extend for a new step.</summary>
internal static class CpuBackend
{
    private static readonly Dictionary<Type, Action<Step, CpuContext>> Runners = [];

    static CpuBackend()
    {
        AddWeights();
        AddNormalizations();
        AddElementwise();
        AddPooling();
        AddLosses();
    }

    public static Action<Step, CpuContext> RunnerOf(Step step) =>
        Runners.TryGetValue(step.GetType(), out Action<Step, CpuContext>? runner)
            ? runner
            : throw new NotSupportedException($"The CPU backend has no kernel for {step.Kernel}.");

    public static bool Supports(Type step) => Runners.ContainsKey(step);

    private static void AddWeights()
    {
        Add<LinearForward>(Cpu.LinearRunners.Forward);
        Add<LinearBiasForward>(Cpu.LinearRunners.ForwardWithBias);
        Add<LinearGradientToInput>(Cpu.LinearRunners.GradientToInput);
        Add<LinearGradientToWeights>(Cpu.LinearRunners.GradientToWeights);
        Add<BiasGradient>(Cpu.LinearRunners.GradientToBias);
        Add<ConvolutionForward>(Cpu.ConvolutionRunners.Forward);
        Add<ConvolutionBiasForward>(Cpu.ConvolutionRunners.ForwardWithBias);
        Add<ConvolutionStatisticsForward>(Cpu.ConvolutionRunners.ForwardWithStatistics);
        Add<ActivationBiasBackward>(Cpu.ConvolutionRunners.BeforeActivation);
        Add<ConvolutionGradientToInput>(Cpu.ConvolutionRunners.GradientToInput);
        Add<ConvolutionGradientToWeights>(Cpu.ConvolutionRunners.GradientToWeights);
    }

    private static void AddNormalizations()
    {
        Add<LocalResponseForward>(Cpu.ElementwiseRunners.Forward);
        Add<LocalResponseBackward>(Cpu.ElementwiseRunners.Backward);
        Add<ExampleNormForward>(Cpu.ExampleNormRunners.Forward);
        Add<ExampleNormBackward>(Cpu.ExampleNormRunners.Backward);
        Add<FoldBatchNorm>(Cpu.FoldRunners.Fold);
        Add<BatchNormAddForward>(Cpu.BatchNormAddRunners.Forward);
        Add<BatchNormAddBackward>(Cpu.BatchNormAddRunners.Backward);
        Add<BatchNormNormalize>(Cpu.BatchNormRunners.Normalize);
        Add<BatchNormForward>(Cpu.BatchNormRunners.Forward);
        Add<BatchNormBackward>(Cpu.BatchNormRunners.Backward);
        Add<FrozenBatchNormForward>(Cpu.FrozenBatchNormRunners.Forward);
        Add<FrozenBatchNormBackward>(Cpu.FrozenBatchNormRunners.Backward);
        Add<CommitRunningStatistics>(Cpu.RunningStatisticsRunner.Commit);
        Add<ChannelAffineForward>(Cpu.ChannelAffineRunners.Forward);
        Add<ChannelAffineBackward>(Cpu.ChannelAffineRunners.Backward);
    }

    private static void AddElementwise()
    {
        Add<ActivationForward>(Cpu.ActivationRunners.Forward);
        Add<ActivationBackward>(Cpu.ActivationRunners.Backward);
        Add<DropoutStep>(Cpu.ElementwiseRunners.Drop);
        Add<AddForward>(Cpu.ElementwiseRunners.AddUp);
        Add<MultiplyChannelsForward>(Cpu.ElementwiseRunners.Multiply);
        Add<ArithmeticForward>(Cpu.ArithmeticRunners.Forward);
        Add<ArithmeticBackward>(Cpu.ArithmeticRunners.Backward);
        Add<SoftmaxForward>(Cpu.SoftmaxRunners.Forward);
        Add<SoftmaxBackward>(Cpu.SoftmaxRunners.Backward);
        Add<LogSoftmaxForward>(Cpu.SoftmaxRunners.LogForward);
        Add<LogSoftmaxBackward>(Cpu.SoftmaxRunners.LogBackward);
        Add<GatherAxes>(Cpu.AxisMapRunners.Gather);
        Add<ScatterAxes>(Cpu.AxisMapRunners.Scatter);
        Add<BilinearForward>(Cpu.ResizeRunners.Forward);
        Add<BilinearBackward>(Cpu.ResizeRunners.Backward);
        Add<ReductionForward>(Cpu.ReductionRunners.Forward);
        Add<SummationBackward>(Cpu.ReductionRunners.Backward);
        Add<ChoiceBackward>(Cpu.ReductionRunners.Backward);
        Add<RepeatValue>(Cpu.ConstantRunners.Repeat);
        Add<NoGradient>(Cpu.ConstantRunners.Clear);
        Add<AddChannelBias>(Cpu.ElementwiseRunners.AddBias);
        Add<CopyRows>(Cpu.ElementwiseRunners.Copy);
    }

    private static void AddPooling()
    {
        Add<MaxPoolForward>(Cpu.PoolingRunners.Forward);
        Add<MaxPoolBackward>(Cpu.PoolingRunners.Backward);
        Add<AveragePoolForward>(Cpu.PoolingRunners.Forward);
        Add<AveragePoolBackward>(Cpu.PoolingRunners.Backward);
        Add<GlobalAverageForward>(Cpu.PoolingRunners.Forward);
        Add<GlobalAverageBackward>(Cpu.PoolingRunners.Backward);
    }

    private static void AddLosses()
    {
        Add<SoftmaxCrossEntropyForward>(Cpu.LossRunners.Forward);
        Add<SoftmaxCrossEntropyBackward>(Cpu.LossRunners.Backward);
        Add<AccumulateGradient>(Cpu.GradientRunners.Accumulate);
    }

    private static void Add<TStep>(Action<TStep, CpuContext> run)
        where TStep : Step => Runners.Add(typeof(TStep), (step, context) => run((TStep)step, context));
}
