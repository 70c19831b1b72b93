using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Tests.Planning;

public sealed class PlanDumpTests
{
    private static readonly Graph Graph = Network
        .Input(4)
        .Linear(3, bias: false)
        .BatchNorm()
        .Sigmoid()
        .Linear(2)
        .Build();

    [Fact]
    public void A_training_plan_is_written_step_by_step() =>
        Assert.Equal(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Planning", "training-plan.txt")),
            Dump(
                new PlanOptions(PlanMode.Training, 5)
                {
                    Loss = new SoftmaxCrossEntropy(),
                    Update = new SgdMomentum(),
                    ClipNorm = 1,
                },
                PlanDump.Write
            )
        );

    [Fact]
    public void Rewrites_are_explained()
    {
        Assert.Equal(
            "fuse-activation              batchnorm1       applied: computes sigmoid1 in the same pass\n",
            Dump(new PlanOptions(PlanMode.Inference, 5), PlanDump.WriteRewrites)
        );
        Assert.Equal(
            "fuse-activation              batchnorm1       declined: the value is to be observed by name\n",
            Dump(new PlanOptions(PlanMode.Inference, 5) { Observed = ["sigmoid1"] }, PlanDump.WriteRewrites)
        );
    }

    private static string Dump(PlanOptions options, Action<ExecutionPlan, TextWriter> write)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        write(ExecutionPlan.Build(Graph, options), writer);
        return writer.ToString();
    }
}
