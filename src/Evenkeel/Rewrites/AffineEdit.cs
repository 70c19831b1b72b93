using Evenkeel.Graphs;

namespace Evenkeel.Rewrites;

/// <summary>One layer that takes over an affine map: its new configuration, and the change of its tensors.</summary>
/// <param name="Target">The layer.</param>
/// <param name="Map">The map, with a period that the layer can hold.</param>
internal abstract record AffineEdit(Node Target, AffineMap Map)
{
    /// <summary>The layer with all tensors that the map needs.</summary>
    public Layer Layer => LinearLayers.Is(Target.Layer) ? LinearLayers.WithBias(Target.Layer) : Target.Layer;

    /// <summary>The target's own map together with this one, where the target is an affine map itself.</summary>
    public abstract AffineMap Join(AffineMap own);

    /// <summary>Changes the tensors of the target.</summary>
    /// <param name="model">A model whose target has a bias.</param>
    /// <param name="input">Shape of what the target reads.</param>
    public abstract void Apply(Model model, Shape input);
}

/// <summary>The target's output is mapped: W' = W a, b' = a b + c per unit, filter or channel.</summary>
internal sealed record OutputEdit(Node Target, AffineMap Map) : AffineEdit(Target, Map)
{
    /// <inheritdoc/>
    public override AffineMap Join(AffineMap own) => Map.After(own);

    /// <inheritdoc/>
    public override void Apply(Model model, Shape input)
    {
        Span<float> weight = model.Floats($"{Target.Name}.weight"),
            bias = model.Floats($"{Target.Name}.bias");
        for (int i = 0; i < weight.Length; i++)
            weight[i] = (float)((double)weight[i] * Map.Scale[LinearLayers.OutputOf(Target.Layer, input, i)]);
        for (int i = 0; i < bias.Length; i++)
            bias[i] = (float)(((double)bias[i] * Map.Scale[i]) + Map.Shift[i]);
    }
}

/// <summary>The target's input is mapped: W'[i, o] = a[i] W[i, o], b'[o] = b[o] + sum of c[i] W[i, o].</summary>
internal sealed record InputEdit(Node Target, AffineMap Map) : AffineEdit(Target, Map)
{
    /// <inheritdoc/>
    public override AffineMap Join(AffineMap own) => own.After(Map);

    /// <inheritdoc/>
    public override void Apply(Model model, Shape input)
    {
        Span<float> weight = model.Floats($"{Target.Name}.weight"),
            bias = model.Floats($"{Target.Name}.bias");
        double[] sums = new double[bias.Length];
        for (int i = 0; i < weight.Length; i++)
        {
            (int channel, int output) = LinearLayers.Ends(Target.Layer, input, i);
            sums[output] += (double)Map.Shift[channel] * weight[i];
            weight[i] = (float)((double)weight[i] * Map.Scale[channel]);
        }

        for (int o = 0; o < bias.Length; o++)
            bias[o] = (float)(bias[o] + sums[o]);
    }
}
