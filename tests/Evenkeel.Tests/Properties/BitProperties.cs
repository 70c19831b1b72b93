using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Properties;

/// <summary>What may not show in a single bit: the number of threads, and the batch that a plan was built for.</summary>
public sealed class BitProperties
{
    private const int Cases = 60;

    // Enough rows to be cut into several chunks.
    private const int LargeBatch = 64;

    [Fact]
    public void The_number_of_threads_does_not_show()
    {
        using var one = Device.Cpu(1);
        using var two = Device.Cpu(2);
        using var three = Device.Cpu(3);
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                foreach (PlanMode mode in Engine.Modes(network))
                {
                    byte[] expected = Run(network, mode, LargeBatch, LargeBatch, one);
                    Assert.Equal(expected, Run(network, mode, LargeBatch, LargeBatch, two));
                    Assert.Equal(expected, Run(network, mode, LargeBatch, LargeBatch, three));
                }
            }
        );
    }

    [Fact]
    public void A_smaller_batch_gives_on_a_plan_what_it_gives_on_its_own_plan()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                foreach (PlanMode mode in Engine.Modes(network))
                    Assert.Equal(
                        Run(network, mode, network.Batch, network.Batch, device),
                        Run(network, mode, network.Batch, network.Batch + 3, device)
                    );
            }
        );
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    public void What_is_computed_again_does_not_show(double share)
    {
        using var device = Device.Cpu(2);
        int again = 0;
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                PlanOptions options = Engine.Options(PlanMode.Training, network.Batch);
                Assert.Equal(
                    Run(network, options, network.Batch, device),
                    Run(network, options with { Recompute = share }, network.Batch, device)
                );
                ExecutionPlan plan = ExecutionPlan.Build(network.Graph, options with { Recompute = share });
                again += plan.Rewrites.Count(r => r is { Rule: "rematerialize-convolution", Applied: true });
            }
        );
        Assert.InRange(again, 1, int.MaxValue);
    }

    // Output, gradients, and the model's tensors after the statistics were committed.
    private static byte[] Run(RandomNetwork network, PlanMode mode, int batch, int planned, Device device) =>
        Run(network, Engine.Options(mode, planned), batch, device);

    private static byte[] Run(RandomNetwork network, PlanOptions options, int batch, Device device)
    {
        using Model model = network.Model();
        using Executor executor = Engine.Open(model, options, device);
        Engine.Run(executor, network, network.Inputs(batch));
        byte[] output = [.. System.Runtime.InteropServices.MemoryMarshal.AsBytes(executor.Output)];
        if (options.Mode != PlanMode.Training)
            return output;
        executor.Commit();
        return
        [
            .. output,
            .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(executor.Gradients),
            .. Samples.Bytes(model),
        ];
    }
}
