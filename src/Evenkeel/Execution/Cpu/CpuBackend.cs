using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Cpu;

/// <summary>Which kernel runs each type of step on the CPU: the one table to extend for a new step.</summary>
internal static class CpuBackend
{
    private static readonly Dictionary<Type, Action<Step, CpuContext>> Runners = [];

    static CpuBackend()
    {
        AddWeights();
        AddNormalizations();
        AddWhitening();
        AddElementwise();
        AddPooling();
        AddRecurrent();
        AddLosses();
    }

    public static Action<Step, CpuContext> RunnerOf(Step step) =>
        Runners.TryGetValue(step.GetType(), out Action<Step, CpuContext>? runner)
            ? runner
            : throw new NotSupportedException($"The CPU backend has no kernel for {step.Kernel}.");

    public static bool Supports(Type step) => Runners.ContainsKey(step);

    private static void AddWeights()
    {
        Add<LinearForward>(LinearRunners.Forward);
        Add<LinearBiasForward>(LinearRunners.ForwardWithBias);
        Add<LinearGradientToInput>(LinearRunners.GradientToInput);
        Add<LinearGradientToWeights>(LinearRunners.GradientToWeights);
        Add<BiasGradient>(LinearRunners.GradientToBias);
        Add<ConvolutionForward>(ConvolutionRunners.Forward);
        Add<ConvolutionBiasForward>(ConvolutionRunners.ForwardWithBias);
        Add<ConvolutionStatisticsForward>(ConvolutionRunners.ForwardWithStatistics);
        Add<ActivationBiasBackward>(ConvolutionRunners.BeforeActivation);
        Add<ConvolutionGradientToInput>(ConvolutionRunners.GradientToInput);
        Add<ConvolutionGradientSums>(ConvolutionRunners.GradientWithSums);
        Add<ConvolutionResidualSums>(ConvolutionRunners.GradientWithSums);
        Add<ConvolutionGradientToWeights>(ConvolutionRunners.GradientToWeights);
    }

    private static void AddNormalizations()
    {
        Add<LocalResponseForward>(ElementwiseRunners.Forward);
        Add<LocalResponseBackward>(ElementwiseRunners.Backward);
        Add<ExampleNormForward>(ExampleNormRunners.Forward);
        Add<ExampleNormBackward>(ExampleNormRunners.Backward);
        Add<FoldBatchNorm>(FoldRunners.Fold);
        Add<BatchMoments>(BatchNormRunners.Measure);
        Add<MaskedMoments>(BatchNormRunners.Measure);
        Add<ClearPadding>(BatchNormRunners.Clear);
        Add<BatchCoefficients>(BatchNormRunners.OfBatch);
        Add<FrozenCoefficients>(BatchNormRunners.OfRunning);
        Add<AffineCoefficients>(BatchNormRunners.OfAffine);
        Add<NormalizeForward>(BatchNormRunners.Forward);
        Add<BatchGradientSums>(BatchNormRunners.Sum);
        Add<ResidualGradientSums>(BatchNormRunners.Sum);
        Add<FrozenGradientSums>(BatchNormRunners.Sum);
        Add<BatchGradientCoefficients>(BatchNormRunners.OfGradients);
        Add<FrozenGradientCoefficients>(BatchNormRunners.OfGradients);
        Add<AffineGradientCoefficients>(BatchNormRunners.OfGradients);
        Add<RenormCoefficients>(BatchNormRunners.Renormalize);
        Add<RenormGradientCoefficients>(BatchNormRunners.Renormalize);
        Add<BatchInputGradient>(BatchNormRunners.ToInput);
        Add<CommitRunningStatistics>(BatchNormRunners.Commit);
    }

    private static void AddWhitening()
    {
        Add<CentringCoefficients>(WhiteningRunners.Centre);
        Add<PairMoments>(WhiteningRunners.Pair);
        Add<BatchWhitening>(WhiteningRunners.OfBatch);
        Add<RunningWhitening>(WhiteningRunners.OfRunning);
        Add<WhiteningSums>(WhiteningRunners.Sum);
        Add<BatchWhiteningGradient>(WhiteningRunners.OfGradients);
        Add<RunningWhiteningGradient>(WhiteningRunners.OfGradients);
        Add<CommitRunningCovariance>(WhiteningRunners.Commit);
    }

    private static void AddElementwise()
    {
        Add<ActivationForward>(ElementwiseRunners.Forward);
        Add<ActivationBackward>(ElementwiseRunners.Backward);
        Add<DropoutStep>(ElementwiseRunners.Drop);
        Add<GaussianNoiseStep>(ElementwiseRunners.AddNoise);
        Add<AddForward>(ElementwiseRunners.AddUp);
        Add<MultiplyChannelsForward>(ElementwiseRunners.Multiply);
        Add<ArithmeticForward>(ArithmeticRunners.Forward);
        Add<ArithmeticBackward>(ArithmeticRunners.Backward);
        Add<SoftmaxForward>(LossRunners.Forward);
        Add<SoftmaxBackward>(LossRunners.Backward);
        Add<LogSoftmaxForward>(LossRunners.LogForward);
        Add<LogSoftmaxBackward>(LossRunners.LogBackward);
        Add<GatherAxes>(PlaceRunners.Gather);
        Add<ScatterAxes>(PlaceRunners.Scatter);
        Add<BilinearForward>(PlaceRunners.Forward);
        Add<BilinearBackward>(PlaceRunners.Backward);
        Add<ReductionForward>(PlaceRunners.Forward);
        Add<SummationBackward>(PlaceRunners.Backward);
        Add<ChoiceBackward>(PlaceRunners.Backward);
        Add<RepeatValue>(PlaceRunners.Repeat);
        Add<NoGradient>(PlaceRunners.Clear);
        Add<AddChannelBias>(ElementwiseRunners.AddBias);
        Add<CopyRows>(PlaceRunners.Copy);
    }

    private static void AddPooling()
    {
        Add<MaxPoolForward>(PoolingRunners.Forward);
        Add<MaxPoolBackward>(PoolingRunners.Backward);
        Add<AveragePoolForward>(PoolingRunners.Forward);
        Add<AveragePoolBackward>(PoolingRunners.Backward);
        Add<GlobalAverageForward>(PoolingRunners.Forward);
        Add<GlobalAverageBackward>(PoolingRunners.Backward);
    }

    private static void AddRecurrent()
    {
        Add<LstmCellForward>(RecurrentRunners.Forward);
        Add<LstmCellBackward>(RecurrentRunners.Backward);
        Add<NormalizedLstmForward>(RecurrentRunners.Forward);
        Add<LstmCellGradientSums>(RecurrentRunners.Backward);
        Add<GruCellForward>(RecurrentRunners.Forward);
        Add<GruCellBackward>(RecurrentRunners.Backward);
    }

    private static void AddLosses()
    {
        Add<SoftmaxCrossEntropyForward>(LossRunners.Forward);
        Add<SoftmaxCrossEntropyBackward>(LossRunners.Backward);
        Add<WeightedCrossEntropyForward>(LossRunners.Forward);
        Add<WeightedCrossEntropyBackward>(LossRunners.Backward);
        Add<CustomLayerForward>(CustomLayerRunners.Forward);
        Add<CustomLayerBackward>(CustomLayerRunners.Backward);
        Add<CustomLossForward>(CustomLossRunners.Forward);
        Add<CustomLabelLossForward>(CustomLossRunners.Forward);
        Add<CustomLossBackward>(CustomLossRunners.Backward);
        Add<ValueLossForward>(ValueLossRunners.Forward);
        Add<ValueLossBackward>(ValueLossRunners.Backward);
        Add<AccumulateGradient>(ElementwiseRunners.Accumulate);
        Add<NarrowValue>(NarrowingRunners.Narrow);
        Add<WidenValue>(NarrowingRunners.Widen);
        Add<MeanLoss>(UpdateRunners.Mean);
        Add<MeasureGradients>(UpdateRunners.Measure);
        Add<CheckFinite>(UpdateRunners.Judge);
        Add<ClipGradients>(UpdateRunners.Clip);
        Add<UpdateParameters>(UpdateRunners.Update);
    }

    private static void Add<TStep>(Action<TStep, CpuContext> run)
        where TStep : Step => Runners.Add(typeof(TStep), (step, context) => run((TStep)step, context));
}
