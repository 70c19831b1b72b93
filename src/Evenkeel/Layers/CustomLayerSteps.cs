using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The output of a layer by code of the caller.</summary>
internal sealed record CustomLayerForward(
    string Layer,
    ExampleForward Compute,
    BufferId X,
    BufferId? Parameters,
    BufferId Y
) : Step(Layer, Parameters is { } p ? [X, p] : [X], [Y])
{
    /// <summary>Computes example by example, in order.</summary>
    /// <param name="batch">Examples.</param>
    /// <param name="x">[batch, ...].</param>
    /// <param name="parameters">The layer's.</param>
    /// <param name="y">[batch, ...], overwritten.</param>
    public void Run(int batch, ReadOnlySpan<float> x, ReadOnlySpan<float> parameters, Span<float> y)
    {
        for (int i = 0; i < batch; i++)
            Compute(Rows.Of(x, i, batch), parameters, Rows.Of(y, i, batch));
    }
}

/// <summary>The gradients of a layer by code of the caller.</summary>
internal sealed record CustomLayerBackward(
    string Layer,
    ExampleBackward Compute,
    BufferId X,
    BufferId? Parameters,
    BufferId DY,
    BufferId DX,
    BufferId? DParameters
) : Step(Layer, Parameters is { } p ? [X, p, DY] : [X, DY], DParameters is { } d ? [DX, d] : [DX])
{
    /// <summary>Computes example by example, in order.</summary>
    /// <param name="batch">Examples.</param>
    /// <param name="x">[batch, ...].</param>
    /// <param name="parameters">The layer's.</param>
    /// <param name="dy">[batch, ...].</param>
    /// <param name="dx">[batch, ...], overwritten.</param>
    /// <param name="dParameters">As <paramref name="parameters"/>, overwritten.</param>
    public void Run(
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> parameters,
        ReadOnlySpan<float> dy,
        Span<float> dx,
        Span<float> dParameters
    )
    {
        dParameters.Clear();
        for (int i = 0; i < batch; i++)
            Compute(Rows.Of(x, i, batch), parameters, Rows.Of(dy, i, batch), Rows.Of(dx, i, batch), dParameters);
    }
}

/// <summary>Examples of a batch.</summary>
internal static class Rows
{
    public static ReadOnlySpan<float> Of(ReadOnlySpan<float> values, int row, int rows) =>
        values.Slice(row * (values.Length / rows), values.Length / rows);

    public static Span<float> Of(Span<float> values, int row, int rows) =>
        values.Slice(row * (values.Length / rows), values.Length / rows);
}
