using Evenkeel.Data;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>How often each class was read as which: rows are labels, columns what the model says.</summary>
internal sealed class ClassTable
{
    private readonly int[,] _counts;

    private ClassTable(int classes) => _counts = new int[classes, classes];

    /// <summary>Number of classes.</summary>
    public int Classes => _counts.GetLength(0);

    /// <summary>Examples of a class that were read as another (or the same).</summary>
    public int this[int label, int said] => _counts[label, said];

    /// <summary>Counts over a data set, with running statistics as in every evaluation.</summary>
    public static ClassTable Count(Model model, IDataset data, Device device)
    {
        int classes = model.Graph.OutputShape.Channels;
        var table = new ClassTable(classes);
        int block = Math.Clamp(data.Count, 1, Evaluator.BlockSize);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, block), device);
        float[] inputs = new float[block * data.InputLength];
        int[] labels = new int[block];
        for (int first = 0; first < data.Count; first += block)
        {
            int count = Math.Min(block, data.Count - first);
            int[] indices = [.. Enumerable.Range(first, count)];
            Span<float> values = inputs.AsSpan(0, count * data.InputLength);
            data.Read(indices, values, labels.AsSpan(0, count));
            executor.Forward(values);
            for (int i = 0; i < count; i++)
                table._counts[labels[i], Largest(executor.Output.Slice(i * classes, classes))]++;
        }

        return table;
    }

    /// <summary>Examples of a class.</summary>
    public int Examples(int label) => Enumerable.Range(0, Classes).Sum(said => _counts[label, said]);

    /// <summary>What a class is taken for most often when it is misread, and how often; null if never.</summary>
    public (int Said, int Count)? WorstConfusion(int label)
    {
        (int Said, int Count) worst = Enumerable
            .Range(0, Classes)
            .Where(said => said != label)
            .Select(said => (said, _counts[label, said]))
            .MaxBy(c => c.Item2);
        return worst.Count > 0 ? worst : null;
    }

    private static int Largest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
            best = scores[i] > scores[best] ? i : best;
        return best;
    }
}
