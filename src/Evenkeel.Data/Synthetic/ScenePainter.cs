using System.Numerics;
using Evenkeel.Data.Images;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Synthetic;

/// <summary>Paints one image of <see cref="ShapesAndTextures"/>; reused from image to image.</summary>
internal sealed class ScenePainter(int side)
{
    private const float Noise = 0.03f;
    private const float ObstacleShare = 0.15f;
    private const float MinContrast = 0.5f;

    private readonly SmoothField _mottle = new();
    private int _shape;
    private int _texture;
    private int _backTexture;
    private ScenePose _object;
    private ScenePose _pattern;
    private ScenePose _backPattern;
    private ScenePose _obstacle;
    private float _sharpness;
    private float _obstacleHalfWidth;
    private Vector3 _first;
    private Vector3 _second;
    private Vector3 _backFirst;
    private Vector3 _backSecond;
    private Vector3 _obstacleColor;
    private Vector2 _light;

    /// <summary>Paints an image of a class.</summary>
    /// <param name="label">The class.</param>
    /// <param name="random">Everything else comes from here.</param>
    /// <param name="pixels">[side, side, 3], overwritten.</param>
    public void Paint(int label, ref SeededRandom random, Span<byte> pixels)
    {
        (_shape, _texture) = (label % Silhouette.Count, label / Silhouette.Count);
        Pose(ref random);
        Color(ref random);
        int at = 0;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, at += ImageBuffer.Channels)
            {
                Vector3 color = At(x + 0.5f, y + 0.5f);
                pixels[at] = Quantize(color.X, ref random);
                pixels[at + 1] = Quantize(color.Y, ref random);
                pixels[at + 2] = Quantize(color.Z, ref random);
            }
        }
    }

    private void Pose(ref SeededRandom random)
    {
        float radius = side * random.Uniform(0.3f, 0.45f);
        float x = random.Uniform(0.85f * radius, side - (0.85f * radius));
        float y = random.Uniform(0.85f * radius, side - (0.85f * radius));
        _object = ScenePose.Tilted(ref random, radius, x, y);
        _sharpness = radius;

        // Ripples must run around a place near the shape: from afar they would be stripes.
        float patternX = x + (random.Uniform(-0.3f, 0.3f) * radius);
        float patternY = y + (random.Uniform(-0.3f, 0.3f) * radius);
        _pattern = ScenePose.Tilted(ref random, side * random.Uniform(0.14f, 0.22f), patternX, patternY);
        _backTexture = (int)random.Below(Texture.Count);
        float period = side * random.Uniform(0.12f, 0.5f);
        _backPattern = ScenePose.Turned(ref random, period, Anywhere(ref random), Anywhere(ref random));
        bool obstructed = random.Uniform() < ObstacleShare;
        float offset = random.Uniform(-0.7f, 0.7f) * radius;
        _obstacle = ScenePose.Turned(ref random, 1f, x + offset, y + offset);
        _obstacleHalfWidth = side * random.Uniform(0.03f, 0.08f);
        if (!obstructed)
            _obstacleHalfWidth = float.NegativeInfinity;
    }

    private void Color(ref SeededRandom random)
    {
        // The shape stands out from what is behind it: neither of its colours is like the background's.
        _backFirst = AnyColor(ref random);
        Vector3 other = AnyColor(ref random);
        _backSecond = _backFirst + ((other - _backFirst) * random.Uniform(0f, 0.25f));
        _first = Unlike(_backFirst, _backFirst, ref random);
        _second = Unlike(_first, _backFirst, ref random);
        _obstacleColor = AnyColor(ref random);
        _light = new Vector2(random.Uniform(-0.35f, 0.35f), random.Uniform(-0.35f, 0.35f));
        _mottle.Draw(ref random, 0.08f);
    }

    private Vector3 At(float x, float y)
    {
        (float across, float down) = ((2f * x / side) - 1f, (2f * y / side) - 1f);
        (float u, float v) = _backPattern.Of(x, y);
        Vector3 color = _backFirst + ((_backSecond - _backFirst) * Texture.At(_backTexture, u, v));
        color += new Vector3(_mottle.At(across, down));

        (u, v) = _object.Of(x, y);
        float cover = Math.Clamp(0.5f - (Silhouette.Distance(_shape, u, v) * _sharpness), 0f, 1f);
        if (cover > 0f)
        {
            (u, v) = _pattern.Of(x, y);
            Vector3 paint = _first + ((_second - _first) * Texture.At(_texture, u, v));
            color += (paint - color) * cover;
        }

        (u, _) = _obstacle.Of(x, y);
        if (MathF.Abs(u) < _obstacleHalfWidth)
            color = _obstacleColor;
        return color * (1f + (_light.X * across) + (_light.Y * down));
    }

    private float Anywhere(ref SeededRandom random) => random.Uniform(0f, side);

    private static Vector3 AnyColor(ref SeededRandom random) =>
        new(random.Uniform(0.05f, 0.95f), random.Uniform(0.05f, 0.95f), random.Uniform(0.05f, 0.95f));

    private static Vector3 Unlike(Vector3 one, Vector3 another, ref SeededRandom random)
    {
        while (true)
        {
            Vector3 color = AnyColor(ref random);
            if (Contrast(color, one) >= MinContrast && Contrast(color, another) >= MinContrast)
                return color;
        }
    }

    private static float Contrast(Vector3 a, Vector3 b)
    {
        Vector3 d = a - b;
        return MathF.Sqrt((d.X * d.X) + (d.Y * d.Y) + (d.Z * d.Z));
    }

    private static byte Quantize(float value, ref SeededRandom random) =>
        (byte)((Math.Clamp(value + (Noise * random.Normal()), 0f, 1f) * 255f) + 0.5f);
}
