using Evenkeel.Graphs;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Golden;

/// <summary>
/// Whole training runs against PyTorch in double precision. Tolerances are 8 times what PyTorch's own float32 deviates from its
/// float64 on the same run (in each file's metadata): correct float32 lands within 4 times; a learning rate wrong by 0.1 % is
/// off by a hundred times more.
/// </summary>
public sealed class GoldenRunTests
{
    private const double Allowed = 8;

    [Theory]
    [MemberData(nameof(GoldenRun.Names), MemberType = typeof(GoldenRun))]
    public void Training_goes_as_in_PyTorch(string name)
    {
        using var golden = new GoldenRun(name);
        using Model model = golden.InitialModel();
        using var trainer = new Trainer(model, golden.Data(), golden.Options(threads: 2));
        Follow(golden, trainer);
    }

    /// <summary>Takes the steps of the run, and compares losses, the first gradients and the final state.</summary>
    internal static void Follow(GoldenRun golden, Trainer trainer)
    {
        double[] losses = golden.Losses();
        double[] ours = new double[losses.Length];
        for (int step = 0; step < losses.Length; step++)
        {
            ours[step] = trainer.Step().Loss;
            if (step == 0)
                CompareGradients(golden, trainer);
        }

        Close.Absolute(losses, ours, Allowed * golden.Number("float32_losses_deviation"), "loss of step");
        CompareState(golden, trainer.Model);
    }

    private static void CompareGradients(GoldenRun golden, Trainer trainer)
    {
        double tolerance = Allowed * golden.Number("float32_grad0_deviation");
        foreach (var place in trainer.Model.Layout.Tensors.Where(t => t.Tensor.Spec.Role != TensorRole.State))
        {
            ReadOnlySpan<float> gradient = trainer.Gradients.Slice(
                (int)(place.ByteOffset / sizeof(float)),
                place.Tensor.Spec.Count
            );
            Close.Absolute(golden.Doubles("grad0.", place.Tensor), gradient, tolerance, place.Tensor.Name);
        }
    }

    private static void CompareState(GoldenRun golden, Model model)
    {
        double tolerance = Allowed * golden.Number("float32_final_deviation");
        foreach (var place in model.Layout.Tensors)
        {
            string name = place.Tensor.Name;
            if (place.Tensor.Spec.Type == ElementType.Int64)
                Assert.Equal(golden.Integer($"final.{name}"), model.Integers(name)[0]);
            else
                Close.Absolute(golden.Doubles("final.", place.Tensor), model.Floats(name), tolerance, name);
        }
    }
}
