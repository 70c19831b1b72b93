using Evenkeel.Graphs;

namespace Evenkeel.Serialization;

/// <summary>Throws a <see cref="ModelFileException"/> about values that a model must not have.</summary>
internal delegate void ValueCheck(float[] values, string stored, TensorSpec spec, string file);

/// <summary>What is asked of values read from a file.</summary>
internal static class ValueChecks
{
    /// <summary>Nothing: for models that are opened to find out what is wrong with them.</summary>
    public static void None(float[] values, string stored, TensorSpec spec, string file) { }

    /// <summary>That the model can be run: finite values, no negative variance.</summary>
    public static void Usable(float[] values, string stored, TensorSpec spec, string file)
    {
        int bad = Array.FindIndex(values, v => !float.IsFinite(v));
        if (bad >= 0)
        {
            throw new ModelFileException(
                $"{file}: value {bad} of '{stored}' is {values[bad]}; a network with it gives NaN. " + Remedy(spec)
            );
        }

        bad = spec.Name == "running_var" ? Array.FindIndex(values, v => v < 0) : -1;
        if (bad >= 0)
        {
            throw new ModelFileException(
                $"{file}: the running variance '{stored}' of channel {bad} is {values[bad]}, below 0; it was made by a formula that "
                    + "cancels. Recalibrate the model to measure the statistics again."
            );
        }
    }

    private static string Remedy(TensorSpec spec) =>
        spec.Role == TensorRole.State
            ? "Recalibrate the model to measure the statistics again."
            : "Use an earlier checkpoint.";
}
