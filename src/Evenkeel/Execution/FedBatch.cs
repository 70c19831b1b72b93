using Evenkeel.Graphs;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>How many examples are fed to a plan; what does not fit is refused.</summary>
internal static class FedBatch
{
    /// <summary>The examples in values of a network of one input.</summary>
    /// <exception cref="ArgumentException">They are not a whole number, are too many, or are not all that the network reads.</exception>
    public static int Of(ExecutionPlan plan, int values)
    {
        RequireInputs(plan, 1);
        return Examples(plan, values);
    }

    /// <summary>The examples in values that have labels, one for each row of the output.</summary>
    /// <exception cref="ArgumentException">The same, or the labels are not as many.</exception>
    public static int Of(ExecutionPlan plan, ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        int batch = Of(plan, inputs.Length);
        RequireLabels(plan, labels.Length, batch);
        return batch;
    }

    /// <summary>Refuses labels that are not one for each row of the output.</summary>
    public static void RequireLabels(ExecutionPlan plan, int labels, int batch)
    {
        int expected = batch * plan.Graph.OutputShape.Positions;
        if (labels != expected)
            throw new ArgumentException($"{labels} labels for {expected} rows.");
    }

    /// <summary>The examples in values for each input.</summary>
    /// <exception cref="ArgumentException">The same, or the inputs are not of one batch.</exception>
    public static int Of(ExecutionPlan plan, ReadOnlySpan<ReadOnlyMemory<float>> inputs)
    {
        RequireInputs(plan, inputs.Length);
        int batch = Examples(plan, inputs[0].Length);
        for (int i = 1; i < inputs.Length; i++)
        {
            Node input = plan.Graph.Inputs[i];
            long expected = (long)batch * input.Shape.Count;
            if (inputs[i].Length != expected)
                throw new ArgumentException(
                    $"The input '{input.Name}' has {inputs[i].Length} values; {batch} examples of {input.Shape} are {expected}."
                );
        }

        return batch;
    }

    private static int Examples(ExecutionPlan plan, int values)
    {
        int count = plan.Graph.Input.Shape.Count;
        int batch = values / count;
        if (batch * count != values)
            throw new ArgumentException($"{values} input values are not a whole number of examples of {count}.");
        if (batch > plan.Options.MaxBatch)
            throw new ArgumentException($"A batch of {batch} exceeds the plan's largest, {plan.Options.MaxBatch}.");
        return batch;
    }

    private static void RequireInputs(ExecutionPlan plan, int given)
    {
        if (given != plan.Graph.Inputs.Length)
            throw new ArgumentException(
                $"The network has {plan.Graph.Inputs.Length} input(s), {string.Join(", ", plan.Graph.Inputs.Select(n => n.Name))}; {given} were given."
            );
    }
}
