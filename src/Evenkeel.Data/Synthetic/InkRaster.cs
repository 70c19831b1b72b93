using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Synthetic;

/// <summary>
/// Lays a pen's path on 28 x 28 pixels: the darkness of a pixel falls off over one pixel at the pen's edge. The pen's
/// width changes along the way, ink is patchy, and the scanner adds noise.
/// </summary>
internal sealed class InkRaster
{
    /// <summary>Pixels along one side.</summary>
    public const int Side = 28;

    private readonly float[] _ink = new float[Side * Side];
    private readonly SmoothField _pen = new();
    private readonly SmoothField _patches = new();

    /// <summary>Draws the path, in pixel units, into <paramref name="image"/> (784 bytes, row by row).</summary>
    public void Draw(PenTrace trace, ref SeededRandom random, Span<byte> image)
    {
        Array.Clear(_ink);
        float pen = random.Uniform(DigitStyle.ThinnestPen, DigitStyle.ThickestPen);
        _pen.Draw(ref random, DigitStyle.PenChange);
        for (int i = 1; i < trace.Count; i++)
        {
            if (!trace.Lifted[i])
                DrawLine(trace.X[i - 1], trace.Y[i - 1], trace.X[i], trace.Y[i], pen);
        }

        if (random.Uniform() < DigitStyle.SpeckShare)
            DrawSpeck(ref random);
        Develop(ref random, image);
    }

    private void DrawLine(float x0, float y0, float x1, float y1, float pen)
    {
        float dx = x1 - x0;
        float dy = y1 - y0;
        float inverse = 1f / Math.Max((dx * dx) + (dy * dy), 1e-12f);
        const float ToField = 2f / Side;
        float radius = Math.Max(0.4f, pen * (1f + _pen.At((x0 * ToField) - 1f, (y0 * ToField) - 1f)));
        float reach = radius + 0.5f;
        int left = Math.Max(0, (int)(Math.Min(x0, x1) - reach));
        int right = Math.Min(Side - 1, (int)(Math.Max(x0, x1) + reach));
        int top = Math.Max(0, (int)(Math.Min(y0, y1) - reach));
        int bottom = Math.Min(Side - 1, (int)(Math.Max(y0, y1) + reach));
        for (int row = top; row <= bottom; row++)
        {
            float py = row + 0.5f - y0;
            for (int column = left; column <= right; column++)
            {
                float px = column + 0.5f - x0;
                float t = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0f, 1f);
                float ex = px - (t * dx);
                float ey = py - (t * dy);
                float distanceSquared = (ex * ex) + (ey * ey);
                if (distanceSquared >= reach * reach)
                    continue;
                float cover = reach - MathF.Sqrt(distanceSquared);
                ref float ink = ref _ink[(row * Side) + column];
                ink = Math.Max(ink, Math.Min(cover, 1f));
            }
        }
    }

    private void DrawSpeck(ref SeededRandom random)
    {
        float x = random.Uniform(3f, Side - 3f);
        float y = random.Uniform(3f, Side - 3f);
        DrawLine(x, y, x + random.Uniform(-2f, 2f), y + random.Uniform(-2f, 2f), random.Uniform(0.3f, 0.8f));
    }

    private void Develop(ref SeededRandom random, Span<byte> image)
    {
        float darkness = random.Uniform(DigitStyle.PalestInk, 1.05f);
        _patches.Draw(ref random, DigitStyle.InkPatches);
        for (int i = 0; i < _ink.Length; i++)
        {
            float ink = _ink[i];
            if (ink <= 0f)
            {
                image[i] = 0;
                continue;
            }

            float x = ((i % Side) + 0.5f) * (2f / Side);
            float y = ((i / Side) + 0.5f) * (2f / Side);
            float patch = 1f + _patches.At(x - 1f, y - 1f);
            float value = (ink * darkness * patch) + (DigitStyle.PixelNoise * random.Normal());
            image[i] = (byte)((Math.Clamp(value, 0f, 1f) * 255f) + 0.5f);
        }
    }
}
