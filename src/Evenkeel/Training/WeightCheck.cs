using Evenkeel.Graphs;
using static System.FormattableString;

namespace Evenkeel.Training;

/// <summary>Weights that make NaN of everything.</summary>
internal static class WeightCheck
{
    /// <summary>The first tensor that is learned and holds NaN or infinity, in a sentence; null if there is none.</summary>
    public static string? NotFinite(Model model)
    {
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Role != TensorRole.State))
        {
            ReadOnlySpan<float> values = model.Floats(place.Tensor.Name);
            int first = -1,
                count = 0;
            for (int i = 0; i < values.Length; i++)
            {
                if (float.IsFinite(values[i]))
                    continue;
                first = first < 0 ? i : first;
                count++;
            }

            if (count > 0)
                return Invariant(
                    $"'{place.Tensor.Name}' holds NaN or infinity: {count:N0} of its {values.Length:N0} values, the first at {first}"
                );
        }

        return null;
    }
}
