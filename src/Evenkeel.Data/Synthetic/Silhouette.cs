namespace Evenkeel.Data.Synthetic;

/// <summary>Shapes by how far a point lies outside their outline (negative inside); all about as large as the unit disc.</summary>
internal static class Silhouette
{
    /// <summary>Number of shapes.</summary>
    public const int Count = 5;

    private const float HalfRootThree = 0.8660254f;

    /// <summary>What the shapes are called.</summary>
    public static IReadOnlyList<string> Names { get; } = ["disc", "square", "triangle", "cross", "ring"];

    /// <summary>About the distance from the outline of a shape.</summary>
    public static float Distance(int shape, float x, float y) =>
        shape switch
        {
            0 => MathF.Sqrt((x * x) + (y * y)) - 0.9f,
            1 => MathF.Max(MathF.Abs(x), MathF.Abs(y)) - 0.8f,
            2 => MathF.Max((HalfRootThree * MathF.Abs(x)) + (0.5f * y), -y) - 0.6f,
            3 => MathF.Min(Bar(x, y), Bar(y, x)),
            _ => MathF.Abs(MathF.Sqrt((x * x) + (y * y)) - 0.72f) - 0.27f,
        };

    private static float Bar(float x, float y) => MathF.Max(MathF.Abs(x) - 0.36f, MathF.Abs(y) - 1f);
}
