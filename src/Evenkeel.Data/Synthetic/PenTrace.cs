namespace Evenkeel.Data.Synthetic;

/// <summary>The flattened path of a pen: points, and which of them start a new stroke. Reused from digit to digit.</summary>
internal sealed class PenTrace
{
    /// <summary>Pieces that one span between two control points is cut into.</summary>
    public const int PiecesPerSpan = 4;

    private const int Capacity = 256;

    /// <summary>Horizontal positions.</summary>
    public float[] X { get; } = new float[Capacity];

    /// <summary>Vertical positions, downwards.</summary>
    public float[] Y { get; } = new float[Capacity];

    /// <summary>True where no line joins the point to the one before it.</summary>
    public bool[] Lifted { get; } = new bool[Capacity];

    /// <summary>Points in use.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all points.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds the Catmull-Rom curve through the given points, sharp where <paramref name="corner"/> says so.</summary>
    public void AddCurve(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<bool> corner)
    {
        Add(x[0], y[0], true);
        for (int i = 0; i + 1 < x.Length; i++)
        {
            // At a corner the neighbour beyond it has no say in the direction.
            int before = corner[i] ? i : i - 1;
            int after = corner[i + 1] ? i + 1 : i + 2;
            for (int piece = 1; piece <= PiecesPerSpan; piece++)
            {
                float t = piece / (float)PiecesPerSpan;
                Add(
                    CatmullRom(x[before], x[i], x[i + 1], x[after], t),
                    CatmullRom(y[before], y[i], y[i + 1], y[after], t),
                    false
                );
            }
        }
    }

    private static float CatmullRom(float a, float b, float c, float d, float t)
    {
        float slopeB = (c - a) * 0.5f;
        float slopeC = (d - b) * 0.5f;
        float step = c - b;
        return b
            + (t * (slopeB + (t * ((3f * step) - (2f * slopeB) - slopeC + (t * (slopeB + slopeC - (2f * step)))))));
    }

    private void Add(float x, float y, bool lifted)
    {
        X[Count] = x;
        Y[Count] = y;
        Lifted[Count] = lifted;
        Count++;
    }
}
