using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Synthetic;

/// <summary>
/// A smooth random field over the square -1..1: a grid of 5 x 5 normal values, blended by the quadratic B-spline. Only
/// sums and products of floats, which every .NET runtime rounds alike.
/// </summary>
internal sealed class SmoothField
{
    private const int Grid = 5;
    private readonly float[] _knots = new float[Grid * Grid];

    /// <summary>Draws new values of standard deviation <paramref name="amplitude"/>.</summary>
    public void Draw(ref SeededRandom random, float amplitude)
    {
        for (int i = 0; i < _knots.Length; i++)
            _knots[i] = amplitude * random.Normal();
    }

    /// <summary>The field at a point; beyond the square it is that of the nearest edge.</summary>
    public float At(float x, float y)
    {
        (int column, float x0, float x1, float x2) = Weights(x);
        (int row, float y0, float y1, float y2) = Weights(y);
        return (y0 * Row(row, column, x0, x1, x2))
            + (y1 * Row(row + 1, column, x0, x1, x2))
            + (y2 * Row(row + 2, column, x0, x1, x2));
    }

    private float Row(int row, int column, float w0, float w1, float w2)
    {
        int at = (row * Grid) + column;
        return (w0 * _knots[at]) + (w1 * _knots[at + 1]) + (w2 * _knots[at + 2]);
    }

    private static (int First, float W0, float W1, float W2) Weights(float position)
    {
        float scaled = (Math.Clamp(position, -1f, 1f) + 1f) * 0.5f * (Grid - 2);
        int first = Math.Min((int)scaled, Grid - 3);
        float t = scaled - first;
        return (first, 0.5f * (1f - t) * (1f - t), 0.5f + (t * (1f - t)), 0.5f * t * t);
    }
}
