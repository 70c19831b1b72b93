namespace Evenkeel.Onnx.Construction;

/// <summary>Axes as files give them: below 0 they count from the end.</summary>
internal static class Axis
{
    /// <summary>An axis counted from the front.</summary>
    public static int FromFront(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw new UnsupportedException($"axis {axis} is outside {rank} dimensions");
}
