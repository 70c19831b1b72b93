using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Evenkeel.Execution;

namespace Evenkeel.Training;

/// <summary>Batches held as tensors of the base library: [batch, ...], the rest being the network's input shape.</summary>
public static class TensorBatches
{
    /// <summary>Trains on a batch; see <see cref="BatchTrainer.Step(ReadOnlySpan{float}, ReadOnlySpan{int})"/>.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="inputs">[batch, ...input], dense.</param>
    /// <param name="labels">[batch] classes.</param>
    /// <exception cref="ArgumentException">The tensor is strided, or its dimensions are not a batch of inputs.</exception>
    public static StepResult Step(
        this BatchTrainer trainer,
        in ReadOnlyTensorSpan<float> inputs,
        ReadOnlySpan<int> labels
    )
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return trainer.Step(Values(inputs, trainer.Model.Graph.Input.Shape), labels);
    }

    /// <summary>Runs forward over a batch; see <see cref="Executor.Forward"/>.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="inputs">[batch, ...input], dense.</param>
    /// <exception cref="ArgumentException">The tensor is strided, or its dimensions are not a batch of inputs.</exception>
    public static void Forward(this Executor executor, in ReadOnlyTensorSpan<float> inputs)
    {
        ArgumentNullException.ThrowIfNull(executor);
        executor.Forward(Values(inputs, executor.Plan.Graph.Input.Shape));
    }

    private static ReadOnlySpan<float> Values(in ReadOnlyTensorSpan<float> inputs, Shape shape)
    {
        bool fits = inputs.Rank == shape.Dimensions.Length + 1;
        for (int i = 0; fits && i < shape.Dimensions.Length; i++)
            fits = inputs.Lengths[i + 1] == shape.Dimensions[i];
        if (!fits)
        {
            throw new ArgumentException(
                $"a tensor of [{string.Join(", ", inputs.Lengths.ToArray())}] is not a batch of inputs {shape}",
                nameof(inputs)
            );
        }

        if (!inputs.IsDense)
        {
            throw new ArgumentException(
                "the tensor is strided; copy it to a dense one first (ToDenseTensor)",
                nameof(inputs)
            );
        }

        if (inputs.FlattenedLength > int.MaxValue)
            throw new ArgumentException(
                $"{inputs.FlattenedLength} values are more than one batch holds",
                nameof(inputs)
            );
        return inputs.IsEmpty
            ? []
            : MemoryMarshal.CreateReadOnlySpan(in inputs.GetPinnableReference(), (int)inputs.FlattenedLength);
    }
}
