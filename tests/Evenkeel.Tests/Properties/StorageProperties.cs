using System.Runtime.InteropServices;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Training;

namespace Evenkeel.Tests.Properties;

/// <summary>
/// A step that keeps its activations as bfloat16 is the same step forward, to the bit, and backward the step of the rounded values.
/// </summary>
public sealed class StorageProperties
{
    private const int Cases = 60;
    private const int Trials = 8;

    [Fact]
    public void Losses_have_the_same_bits_and_gradients_are_exactly_those_of_rounded_values()
    {
        using var one = Device.Cpu(1);
        using var three = Device.Cpu(3);
        int narrowed = 0;
        OfTraining(
            (network, model) =>
            {
                ExecutionPlan plan = Plan(network, ElementType.BFloat16);
                string[] values = NarrowedIn(plan);
                narrowed += values.Length;
                (double loss, byte[] gradients) = Run(plan, network, model, one, [], Same);
                (double again, byte[] onThree) = Run(plan, network, model, three, [], Same);
                Assert.Equal(loss, again);
                Assert.Equal(gradients, onThree);
                ExecutionPlan asFloats = Plan(network, ElementType.Float32);
                (double before, byte[] rounded) = Run(asFloats, network, model, one, values, Rounded);
                Assert.Equal(before, loss);
                Assert.Equal(rounded, gradients);
            }
        );
        Assert.InRange(narrowed, Cases, int.MaxValue);
    }

    // Rounding to 8 bits moves a value by at most 2^-9 of it. As far as a gradient depends on values linearly, moving all of them by twice that to
    // random sides moves it further, unless the roundings of many values agree by chance; where it jumps, at a rectifier's corner, a trial jumps
    // with probability 1/2 where rounding does.
    [Fact]
    public void Gradients_move_no_further_than_twice_the_rounding_of_eight_bits_moves_them()
    {
        using var device = Device.Cpu(2);
        OfTraining(
            (network, model) =>
            {
                string[] values = NarrowedIn(Plan(network, ElementType.BFloat16));
                ExecutionPlan plan = Plan(network, ElementType.Float32);
                float[] exact = Gradients(_ => 1),
                    rounded = Floats(Run(plan, network, model, device, values, Rounded).Gradients);
                if (!exact.All(float.IsFinite))
                    return;
                double most = Enumerable
                    .Range(1, Trials)
                    .Max(seed =>
                    {
                        var random = new Random(seed);
                        return Distance(exact, Gradients(_ => 1 + (random.Next(2) == 0 ? 1 / 256f : -1 / 256f)));
                    });
                // Sums in single precision beside it.
                double tolerance = (2 * most) + (1e-6 * Distance(exact, new float[exact.Length]));
                Assert.InRange(Distance(exact, rounded), 0, tolerance);

                float[] Gradients(Func<float, float> factor) =>
                    Floats(Run(plan, network, model, device, values, v => v * factor(v)).Gradients);
            }
        );
    }

    [Fact]
    public void A_training_step_allocates_nothing()
    {
        var options = new TrainingOptions
        {
            Threads = 2,
            OnNonFiniteLoss = NonFiniteLossPolicy.Skip,
            KeepActivations = ElementType.BFloat16,
            Recompute = 0.5,
        };
        OfTraining(
            (network, model) =>
            {
                using var trainer = new BatchTrainer(model, network.Batch, options);
                float[] inputs = network.Inputs();
                int[] labels = network.Labels(network.Batch);
                Assert.Equal(0, Testing.Allocations.Least(() => trainer.Step(inputs, labels), calls: 5));
            }
        );
    }

    private static void OfTraining(Action<RandomNetwork, Model> property) =>
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                using Model model = network.Model();
                property(network, model);
            }
        );

    private static ExecutionPlan Plan(RandomNetwork network, ElementType storage) =>
        ExecutionPlan.Build(
            network.Graph,
            Engine.Options(PlanMode.Training, network.Batch) with
            {
                KeepActivations = storage,
            }
        );

    private static string[] NarrowedIn(ExecutionPlan plan) =>
        [.. plan.Steps.OfType<NarrowValue>().Select(s => plan[s.X].Name)];

    // Loss and gradients where some values are changed between the passes.
    private static (double Loss, byte[] Gradients) Run(
        ExecutionPlan plan,
        RandomNetwork network,
        Model model,
        Device device,
        string[] values,
        Func<float, float> change
    )
    {
        var bindings = new Bindings(plan, model);
        Program program = device.Compile(plan, bindings);
        program.FillFreedWithNaN = true;
        var input = new RunInput
        {
            Batch = network.Batch,
            Inputs = network.Inputs(),
            Targets = new Targets(network.Labels(network.Batch)),
            Scalars = new StepScalars(StepNumber: 1, LearningRate: 0.1, Update: 1) { MeanWeight = 1 },
        };
        program.Run(0, plan.ForwardSteps, input);
        for (int i = 0; i < plan.Buffers.Length; i++)
        {
            if (!values.Contains(plan.Buffers[i].Name))
                continue;
            ReadOnlySpan<float> kept = program.Floats(new BufferId(i));
            foreach (ref float value in MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(kept), kept.Length))
                value = change(value);
        }

        program.Run(plan.ForwardSteps, plan.ForwardSteps + plan.BackwardSteps, input);
        return (program.Doubles(plan.Loss!.Mean)[0], bindings.Gradients!.All.ToArray());
    }

    private static float Same(float value) => value;

    // The upper half of its bits, with the lower half added where it is more than half, or half beside an odd one.
    private static float Rounded(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? value
            : BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
    }

    private static float[] Floats(byte[] bytes) => [.. MemoryMarshal.Cast<byte, float>(bytes)];

    private static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum());
}
