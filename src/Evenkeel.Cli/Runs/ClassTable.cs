using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
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

    /// <summary>Counts the labels of a data set, with running statistics as in every evaluation.</summary>
    /// <param name="model">The model; the same on all ranks.</param>
    /// <param name="data">Labelled examples.</param>
    /// <param name="device">What computes.</param>
    /// <param name="ranks">Those that share out the examples and all get the counts; null where there is one.</param>
    public static ClassTable Count(Model model, IDataset data, Device device, Communicator? ranks)
    {
        int classes = model.Graph.OutputShape.Channels;
        var table = new ClassTable(classes);
        int block = Math.Clamp(data.Count, 1, Evaluator.BlockSize);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, block), device);
        var blocks = new ExampleBlocks(data, block);
        var rounds = new RankRounds<(int Label, int Said)>(ranks, block * data.LabelLength, Ask, Add);
        rounds.Run(blocks.Count);
        return table;

        void Ask(int part, Span<(int Label, int Said)> answers)
        {
            blocks.Read(part, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels);
            executor.Forward(inputs);
            for (int i = 0; i < labels.Length; i++)
                answers[i] = (labels[i], Largest(executor.Output.Slice(i * classes, classes)));
        }

        void Add(int part, Span<(int Label, int Said)> answers)
        {
            int examples = Math.Min(block, data.Count - (part * block));
            foreach ((int label, int said) in answers[..(examples * data.LabelLength)])
            {
                if (label != BatchTrainer.NoLabel)
                    table._counts[label, said]++;
            }
        }
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
