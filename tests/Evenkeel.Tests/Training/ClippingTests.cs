using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

public sealed class ClippingTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(1.01)]
    public void Gradients_above_the_norm_are_scaled_down_to_it_and_others_left_alone(double share)
    {
        (double norm, float[] gradients, _) = Step(clip: null);
        (double reported, float[] clipped, float[] change) = Step(clip: share * norm);
        Assert.Equal(norm, reported, 1e-6 * norm);
        double factor = Math.Min(1, share);
        // Two roundings per value.
        Close.Relative([.. gradients.Select(g => g * factor)], clipped, 3e-7, "gradient");
        Close.Relative([.. gradients.Select(g => -0.1 * g * factor)], change, 1e-5, "change");
    }

    private static (double Norm, float[] Gradients, float[] Change) Step(double? clip)
    {
        using Model model = Samples.Model(Samples.Small(batchNorm: true));
        float[] before = model.Trainable.ToArray();
        using var trainer = new Trainer(
            model,
            Samples.Data(40, [8], 3),
            new TrainingOptions { BatchSize = 20, ClipNorm = clip }
        );
        StepResult result = trainer.Step();
        float[] gradients = trainer.Gradients.ToArray();
        Assert.Equal(clip is null, double.IsNaN(result.GradientNorm));
        double norm = clip is null ? Math.Sqrt(gradients.Sum(g => (double)g * g)) : result.GradientNorm;
        float[] change = [.. model.Trainable.ToArray().Select((p, i) => p - before[i])];
        return (norm, gradients, change);
    }
}
