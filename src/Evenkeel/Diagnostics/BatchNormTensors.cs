namespace Evenkeel.Diagnostics;

/// <summary>Copies of one batch normalisation's numbers, per channel.</summary>
internal sealed record BatchNormTensors(float[] Gamma, float[] Beta, float[] Mean, float[] Variance, long Updates)
{
    public static BatchNormTensors Of(Model model, string layer) =>
        new(
            model.Floats($"{layer}.weight").ToArray(),
            model.Floats($"{layer}.bias").ToArray(),
            model.Floats($"{layer}.running_mean").ToArray(),
            model.Floats($"{layer}.running_var").ToArray(),
            model.Integers($"{layer}.num_batches_tracked")[0]
        );
}
