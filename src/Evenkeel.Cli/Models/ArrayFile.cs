using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Models;

/// <summary>
/// Examples in a .npy or .npz file, for models that are not fed with MNIST or images. An archive's array <c>labels</c>, one class per example
/// or per position of the output, makes them labelled; one <c>targets</c>, a row per example, gives them float targets.
/// </summary>
internal static class ArrayFile
{
    private const int MadeUpExamples = 64;

    /// <summary>The file's examples, the first <paramref name="count"/> of them if given.</summary>
    /// <exception cref="UsageException">A shape, a label or a value does not fit; the message names it.</exception>
    public static IDataset Read(string file, LoadedModel model, int? count)
    {
        Graph graph = model.Model.Graph;
        Shape shape = graph.Input.Shape;
        using var arrays = new InputArrays(file, model.InputName);
        float[] inputs = arrays.Values(shape, model.Layout);
        // Whatever else is there, a model of float targets is judged by those.
        int[]? labels = model.Loss is null or CustomLoss { Classes: not null } ? arrays.Classes() : null;
        float[]? targets = labels is null ? arrays.Targets(graph.OutputShape, model.Layout) : null;
        if (count is { } first)
        {
            int examples = inputs.Length / shape.Count;
            if (first > examples)
                throw new UsageException(
                    $"--test-count: {first} examples were asked for, but '{file}' has {examples}."
                );
            inputs = inputs[..(first * shape.Count)];
            labels = labels?[..Math.Min(first * (labels.Length / Math.Max(1, examples)), labels.Length)];
            targets = targets?[..Math.Min(first * graph.OutputShape.Count, targets.Length)];
        }

        RequireFinite(file, inputs, shape.Count);
        if (targets is not null)
            return WithTargets(file, inputs, shape, targets, graph.OutputShape);
        if (labels is null)
            return new ArrayDataset(file, inputs, shape.Dimensions.AsSpan());
        return WithLabels(file, inputs, shape, labels, graph.OutputShape);
    }

    private static IDataset WithTargets(string file, float[] inputs, Shape shape, float[] targets, Shape output) =>
        InOneLine(() =>
            ArrayDataset.WithTargets(file, inputs, shape.Dimensions.AsSpan(), targets, output.Dimensions.AsSpan())
        );

    private static IDataset WithLabels(string file, float[] inputs, Shape shape, int[] labels, Shape output)
    {
        int examples = inputs.Length / shape.Count;
        if (output.Positions > 1 && labels.Length == (long)examples * output.Positions)
            return InOneLine(() =>
                ArrayDataset.WithLabels(file, inputs, shape.Dimensions.AsSpan(), labels, output.Channels)
            );
        RequireFit(file, labels, examples, output);
        return new ArrayDataset(file, inputs, labels, shape.Dimensions.AsSpan(), output.Channels);
    }

    private static IDataset InOneLine(Func<IDataset> read)
    {
        try
        {
            return read();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(ErrorWords.OneLine(e.Message));
        }
    }

    private static void RequireFinite(string file, float[] inputs, int width)
    {
        int i = Array.FindIndex(inputs, v => !float.IsFinite(v));
        if (i >= 0)
            throw new UsageException(
                FormattableString.Invariant($"{file}: example {i / width} holds {inputs[i]}; clean the data.")
            );
    }

    private static void RequireFit(string file, int[] labels, int examples, Shape output)
    {
        if (labels.Length != examples)
            throw new UsageException($"{file}: there are {labels.Length} labels for {examples} examples.");
        int i = Array.FindIndex(labels, label => label < 0 || label >= output.Channels);
        if (i >= 0)
            throw new UsageException(
                $"{file}: label {i} is {labels[i]}, but the model's output is {output}, classes 0 to {output.Channels - 1}."
            );
    }

    /// <summary>Values from -2 to 2, the same each time: a sequence with the golden ratio as its step leaves no gaps.</summary>
    public static ArrayDataset MadeUp(LoadedModel model)
    {
        Shape shape = model.Model.Graph.Input.Shape;
        float[] values = new float[checked(MadeUpExamples * shape.Count)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((4 * ((i + 1) * 0.6180339887498949 % 1)) - 2);
        return new ArrayDataset("generated inputs from -2 to 2", values, shape.Dimensions.AsSpan());
    }
}
