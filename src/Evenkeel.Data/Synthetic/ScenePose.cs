using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Synthetic;

/// <summary>A turn, a size and a place: takes pixels to a thing's own coordinates.</summary>
internal readonly struct ScenePose
{
    private const float EighthTurn = 0.78539816f;
    private readonly float _xx;
    private readonly float _xy;
    private readonly float _x0;
    private readonly float _y0;

    private ScenePose(float sin, float cos, float scale, float x, float y)
    {
        (_xx, _xy) = (cos / scale, sin / scale);
        _x0 = -((_xx * x) + (_xy * y));
        _y0 = (_xy * x) - (_xx * y);
    }

    /// <summary>A turn of at most a sixteenth either way; parameters as for <see cref="Turned"/>.</summary>
    public static ScenePose Tilted(ref SeededRandom random, float scale, float x, float y)
    {
        float angle = random.Uniform(-0.5f * EighthTurn, 0.5f * EighthTurn);
        return new ScenePose(SmallAngle.Sin(angle), SmallAngle.Cos(angle), scale, x, y);
    }

    /// <summary>Any turn.</summary>
    /// <param name="random">Where it comes from.</param>
    /// <param name="scale">Pixels of one unit.</param>
    /// <param name="x">Place of the origin.</param>
    /// <param name="y">Place of the origin.</param>
    public static ScenePose Turned(ref SeededRandom random, float scale, float x, float y)
    {
        float angle = random.Uniform(-EighthTurn, EighthTurn);
        (float sin, float cos) = (SmallAngle.Sin(angle), SmallAngle.Cos(angle));
        uint quarters = random.Below(4);
        for (uint i = 0; i < quarters; i++)
            (sin, cos) = (cos, -sin);
        return new ScenePose(sin, cos, scale, x, y);
    }

    /// <summary>A pixel's place in the thing's own coordinates.</summary>
    public (float X, float Y) Of(float x, float y) => ((_xx * x) + (_xy * y) + _x0, (_xx * y) - (_xy * x) + _y0);
}
