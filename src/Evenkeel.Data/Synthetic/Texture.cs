namespace Evenkeel.Data.Synthetic;

/// <summary>Patterns of two colours over the plane, with period 1; soft-edged, so that they look alike at every size.</summary>
internal static class Texture
{
    /// <summary>Number of textures.</summary>
    public const int Count = 4;

    /// <summary>What the textures are called.</summary>
    public static IReadOnlyList<string> Names { get; } = ["striped", "checked", "dotted", "rippled"];

    /// <summary>Share of the second colour, 0 to 1.</summary>
    public static float At(int texture, float u, float v)
    {
        switch (texture)
        {
            case 0:
                return Edge(Wave(u) - 0.5f);
            case 1:
                float a = Edge(Wave(u) - 0.5f);
                float b = Edge(Wave(v) - 0.5f);
                return a + b - (2f * a * b);
            case 2:
                float du = u - MathF.Floor(u) - 0.5f;
                float dv = v - MathF.Floor(v) - 0.5f;
                return Edge(0.36f - MathF.Sqrt((du * du) + (dv * dv)));
            default:
                return Edge(Wave(MathF.Sqrt((u * u) + (v * v))) - 0.5f);
        }
    }

    // 1 at whole numbers, 0 half way between.
    private static float Wave(float t) => MathF.Abs((2f * (t - MathF.Floor(t))) - 1f);

    private static float Edge(float d) => Math.Clamp(0.5f + (2.5f * d), 0f, 1f);
}
