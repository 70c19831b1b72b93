namespace Evenkeel.Data.Synthetic;

/// <summary>Which of the <see cref="ShapesAndTextures"/> are drawn.</summary>
public sealed record ShapesAndTexturesOptions
{
    /// <summary>Height and width in pixels, 16 to 128.</summary>
    public int Side
    {
        get;
        init => field = DatasetChecks.InRange(value, 16, 128);
    } = 32;

    /// <summary>Number of classes, 2 to 20: five shapes, each with one texture more for every five classes.</summary>
    public int Classes
    {
        get;
        init => field = DatasetChecks.InRange(value, 2, ShapesAndTextures.MaxClasses);
    } = 10;

    /// <summary>Which images.</summary>
    public ulong Seed { get; init; } = 1;
}
