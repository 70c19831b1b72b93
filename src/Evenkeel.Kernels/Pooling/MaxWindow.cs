namespace Evenkeel.Kernels.Pooling;

/// <summary>The real pixels of one window.</summary>
/// <param name="source">The first of them.</param>
/// <param name="line">Floats from one row of the image to the next.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <param name="place">Place of the first pixel within the whole window, counted along its rows.</param>
internal readonly unsafe struct MaxWindow(float* source, nint line, int height, int width, int place)
{
    public float* Source { get; } = source;
    public nint Line { get; } = line;
    public int Height { get; } = height;
    public int Width { get; } = width;
    public int Place { get; } = place;
}
