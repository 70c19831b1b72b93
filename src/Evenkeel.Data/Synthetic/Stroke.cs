namespace Evenkeel.Data.Synthetic;

/// <summary>One pen stroke: points in -1..1 and where the pen turns sharply (ends count as corners).</summary>
internal sealed record Stroke(float[] X, float[] Y, bool[] Corner);
