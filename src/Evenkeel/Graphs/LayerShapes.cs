using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>Shape inference with errors that name the layer.</summary>
internal static class LayerShapes
{
    public static ImmutableArray<Shape> Infer(string name, Layer layer, Shape[] inputs)
    {
        if (inputs.Length != layer.InputCount)
        {
            throw new GraphException(
                $"Layer '{name}' ({layer.Kind}) needs {layer.InputCount} input value(s), not {inputs.Length}."
            );
        }

        try
        {
            return layer.InferShapes(inputs);
        }
        catch (ArgumentException e)
        {
            throw new GraphException($"Layer '{name}' ({layer.Kind}) does not fit: {e.Message}", e);
        }
    }
}
