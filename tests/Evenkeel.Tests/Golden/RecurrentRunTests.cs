using Evenkeel.Graphs;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Golden;

/// <summary>
/// Training of recurrent networks, unrolled with shared weights and with statistics for each step, against PyTorch in double precision: 20 losses,
/// the first gradients, the final weights and running statistics. Tolerances as in <see cref="GoldenRunTests"/>.
/// </summary>
public sealed class RecurrentRunTests
{
    private const double Allowed = 8;

    [Theory]
    [MemberData(nameof(RecurrentRun.Names), MemberType = typeof(RecurrentRun))]
    public void Training_goes_as_in_PyTorch(string name)
    {
        using var golden = new RecurrentRun(name);
        using Model model = golden.InitialModel();
        using var device = Device.Cpu(2);
        using var trainer = new Trainer(model, golden.Data(), golden.Options(), device);
        Follow(
            golden,
            trainer,
            Allowed * golden.Number("float32_losses_deviation"),
            Allowed * golden.Number("float32_grad0_deviation"),
            Allowed * golden.Number("float32_final_deviation")
        );
    }

    // Both compute in double precision and keep weights in float32 between steps, or not: 1e-6 is what that rounding makes of a weight.
    [Theory]
    [MemberData(nameof(RecurrentRun.Names), MemberType = typeof(RecurrentRun))]
    public void So_it_does_on_the_reference_device(string name)
    {
        using var golden = new RecurrentRun(name);
        using Model model = golden.InitialModel();
        using var device = Device.Reference();
        using var trainer = new Trainer(model, golden.Data(), golden.Options(), device);
        Follow(golden, trainer, 1e-6, 1e-7, 1e-6);
    }

    private static void Follow(
        RecurrentRun golden,
        Trainer trainer,
        double lossTolerance,
        double gradientTolerance,
        double finalTolerance
    )
    {
        double[] losses = golden.Losses();
        double[] ours = new double[losses.Length];
        for (int step = 0; step < losses.Length; step++)
        {
            ours[step] = trainer.Step().Loss;
            if (step == 0)
                CompareGradients(golden, trainer, gradientTolerance);
        }

        Close.Absolute(losses, ours, lossTolerance, "loss of step");
        foreach (NamedTensor tensor in RecurrentRun.Learned(trainer.Model).Concat(RecurrentRun.Averages(trainer.Model)))
            Close.Absolute(
                golden.Doubles("final.", tensor),
                trainer.Model.Floats(tensor.Name),
                finalTolerance,
                tensor.Name
            );
    }

    private static void CompareGradients(RecurrentRun golden, Trainer trainer, double tolerance)
    {
        foreach (NamedTensor tensor in RecurrentRun.Learned(trainer.Model))
        {
            var place = trainer.Model.Layout.Tensors.Single(t => t.Tensor.Name == tensor.Name);
            ReadOnlySpan<float> gradient = trainer.Gradients.Slice(
                (int)(place.ByteOffset / sizeof(float)),
                tensor.Spec.Count
            );
            Close.Absolute(golden.Doubles("grad0.", tensor), gradient, tolerance, tensor.Name);
        }
    }
}
