using Evenkeel.Graphs;
using Evenkeel.Lowering;
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

    /// <summary>The examples in values whose output is to be something.</summary>
    /// <exception cref="ArgumentException">The same, or the targets are not those that the loss takes.</exception>
    public static int Of(ExecutionPlan plan, ReadOnlySpan<float> inputs, Targets targets)
    {
        int batch = Of(plan, inputs.Length);
        RequireTargets(plan, targets, batch);
        return batch;
    }

    /// <summary>Refuses targets of another kind than the loss takes, or of another number.</summary>
    public static void RequireTargets(ExecutionPlan plan, Targets targets, int batch)
    {
        BufferInfo info = plan[plan.Loss!.Targets];
        bool labels = info.Type == ElementType.Int32;
        if (labels ? !targets.Values.IsEmpty : !targets.Labels.IsEmpty)
            throw new ArgumentException(
                $"The loss {plan.Options.Loss!.Kind} takes {(labels ? "int labels" : "float targets")}, and was given {(labels ? "floats" : "ints")}."
            );
        int expected = batch * info.PerExample;
        if (targets.Length != expected)
            throw new ArgumentException(
                labels
                    ? $"{targets.Length} labels for {expected} rows."
                    : $"{targets.Length} targets for {batch} examples of {info.PerExample}."
            );
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
