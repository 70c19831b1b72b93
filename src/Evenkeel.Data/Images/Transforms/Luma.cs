namespace Evenkeel.Data.Images.Transforms;

/// <summary>How bright a colour looks: luma of ITU-R BT.601.</summary>
internal static class Luma
{
    /// <summary>The share of each channel; they sum to 1.</summary>
    public static Rgb Weights { get; } = new(0.299, 0.587, 0.114);

    /// <summary>The grey of a pixel of three values.</summary>
    public static float Of(ReadOnlySpan<float> pixel) =>
        (float)((Weights.Red * pixel[0]) + (Weights.Green * pixel[1]) + (Weights.Blue * pixel[2]));
}
