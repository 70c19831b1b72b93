using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Synthetic;

/// <summary>
/// Turns a stroke model into one hand's digit: control points wander, a smooth field bends the whole, then slant,
/// rotation and aspect, and at last the digit is fitted into the frame about its centre of mass, as MNIST's are.
/// One object per thread; the outcome depends on the generator alone.
/// </summary>
internal sealed class Handwriting
{
    private const int MaxPoints = 32;

    private readonly float[] _x = new float[MaxPoints];
    private readonly float[] _y = new float[MaxPoints];
    private readonly PenTrace _trace = new();
    private readonly SmoothField _bendX = new();
    private readonly SmoothField _bendY = new();
    private readonly InkRaster _raster = new();

    /// <summary>Draws one digit of class <paramref name="label"/> into 28 x 28 bytes, 0 = paper, 255 = ink.</summary>
    public void Write(int label, ref SeededRandom random, Span<byte> image)
    {
        Stroke[][] ways = StrokeModels.ByClass[label];
        float sloppiness = random.Uniform(DigitStyle.MinSloppy, DigitStyle.MaxSloppy);
        Trace(ways[random.Below((uint)ways.Length)], sloppiness, ref random);
        Bend(sloppiness, ref random);
        Slant(ref random);
        Fit(ref random);
        _raster.Draw(_trace, ref random, image);
    }

    private void Trace(Stroke[] strokes, float sloppiness, ref SeededRandom random)
    {
        float wander = DigitStyle.PointWander * sloppiness;
        _trace.Clear();
        foreach (Stroke stroke in strokes)
        {
            int n = stroke.X.Length;
            for (int i = 0; i < n; i++)
            {
                _x[i] = stroke.X[i] + (wander * random.Normal());
                _y[i] = stroke.Y[i] + (wander * random.Normal());
            }

            _trace.AddCurve(_x.AsSpan(0, n), _y.AsSpan(0, n), stroke.Corner);
        }
    }

    private void Bend(float sloppiness, ref SeededRandom random)
    {
        _bendX.Draw(ref random, DigitStyle.Bend * sloppiness);
        _bendY.Draw(ref random, DigitStyle.Bend * sloppiness);
        for (int i = 0; i < _trace.Count; i++)
        {
            float x = _trace.X[i];
            float y = _trace.Y[i];
            _trace.X[i] = x + _bendX.At(x, y);
            _trace.Y[i] = y + _bendY.At(x, y);
        }
    }

    private void Slant(ref SeededRandom random)
    {
        float aspect = random.Uniform(DigitStyle.NarrowestAspect, DigitStyle.WidestAspect);
        float shear = DigitStyle.MeanShear + (DigitStyle.Shear * random.Normal());
        float angle = Math.Clamp(DigitStyle.Rotation * random.Normal(), -1f, 1f);
        float sin = SmallAngle.Sin(angle);
        float cos = SmallAngle.Cos(angle);
        for (int i = 0; i < _trace.Count; i++)
        {
            float y = _trace.Y[i];
            float x = (aspect * _trace.X[i]) - (shear * y);
            _trace.X[i] = (cos * x) - (sin * y);
            _trace.Y[i] = (sin * x) + (cos * y);
        }
    }

    private void Fit(ref SeededRandom random)
    {
        Span<float> xs = _trace.X.AsSpan(0, _trace.Count);
        Span<float> ys = _trace.Y.AsSpan(0, _trace.Count);
        (float centreX, float left, float right) = Extent(xs);
        (float centreY, float top, float bottom) = Extent(ys);
        float size = DigitStyle.BoxPixels * (1f + (DigitStyle.SizeSpread * random.Normal()));
        float scale = size / Math.Max(right - left, bottom - top);
        float shiftX = (InkRaster.Side * 0.5f) + (DigitStyle.ShiftPixels * random.Normal());
        float shiftY = (InkRaster.Side * 0.5f) + (DigitStyle.ShiftPixels * random.Normal());
        for (int i = 0; i < xs.Length; i++)
        {
            xs[i] = ((xs[i] - centreX) * scale) + shiftX;
            ys[i] = ((ys[i] - centreY) * scale) + shiftY;
        }
    }

    // The mean of the points stands for the centre of mass, halfway to the middle of the box.
    private static (float Centre, float Low, float High) Extent(ReadOnlySpan<float> values)
    {
        float low = values[0];
        float high = values[0];
        float sum = 0f;
        foreach (float v in values)
        {
            low = Math.Min(low, v);
            high = Math.Max(high, v);
            sum += v;
        }

        return (0.5f * ((sum / values.Length) + (0.5f * (low + high))), low, high);
    }
}
