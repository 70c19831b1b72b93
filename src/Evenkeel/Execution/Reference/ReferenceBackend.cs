using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Reference;

/// <summary>
/// How each type of step runs on the reference device: in double precision, as its definition says, one after the other. What other devices
/// compute is compared with it.
/// </summary>
internal static partial class ReferenceBackend
{
    private static readonly Dictionary<Type, Action<Step, ReferenceMemory>> Runners = [];

    static ReferenceBackend()
    {
        AddWeights();
        AddNormalizations();
        AddElementwise();
        AddNarrowing();
        AddRecurrent();
        AddPlaces();
        AddPooling();
        AddLosses();
        AddWeightedLosses();
        AddValueLosses();
        AddCustomLosses();
        AddCustomLayers();
        AddUpdates();
    }

    public static Action<Step, ReferenceMemory> RunnerOf(Step step) =>
        Runners.TryGetValue(step.GetType(), out Action<Step, ReferenceMemory>? runner)
            ? runner
            : throw new NotSupportedException($"The reference device does not know {step.Kernel}.");

    /// <summary>Whether each value that a step writes is made of one value of each buffer read, and rounded as such.</summary>
    public static bool IsElementwise(Step step) =>
        step is ActivationForward or AddForward or AccumulateGradient or ArithmeticForward or DropoutStep;

    private static void Add<TStep>(Action<TStep, ReferenceMemory> run)
        where TStep : Step => Runners.Add(typeof(TStep), (step, memory) => run((TStep)step, memory));
}
