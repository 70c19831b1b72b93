using Evenkeel.Data.Loading;
using Evenkeel.Execution;
using Evenkeel.Planning;

namespace Evenkeel.Training;

/// <summary>
/// Takes examples without any label out of batches, so that what is left is the batch. Where all have one nothing is copied; where some have
/// none, this rank's share of the others is, into memory that is kept for later batches.
/// </summary>
internal sealed class LabelMask(ExecutionPlan plan, BatchShare share)
{
    private readonly int _values = plan.Graph.Input.Shape.Count;
    private readonly int _rows = plan[plan.Loss!.Targets].PerExample;
    private readonly int _classes = plan.Options.Loss!.ClassesOf(plan.Graph.OutputShape);
    private readonly bool _gaps = plan.Options.Loss!.LossesPerExample(plan.Graph.OutputShape) > 1;
    private readonly int[] _places = new int[plan.Options.MaxBatch];
    private float[] _inputs = [];
    private int[] _labels = [];

    /// <summary>This rank's share of the examples that count.</summary>
    /// <param name="inputs">[batch, ...].</param>
    /// <param name="labels">[batch, labels of an example] of the whole batch.</param>
    /// <exception cref="ArgumentException">A label is out of range, or a loss of the caller's lacks some labels of an example.</exception>
    public CountedExamples Share(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        int total = Find(labels);
        (int first, int count) = share.Of(total);
        return total * _rows == labels.Length
            ? new CountedExamples
            {
                Inputs = inputs.Slice(first * _values, count * _values),
                Targets = new Targets(labels.Slice(first * _rows, count * _rows)),
                Total = total,
            }
            : Copy(inputs, labels, first, count) with
            {
                Total = total,
                Places = _places.AsSpan(0, total),
            };
    }

    private int Find(ReadOnlySpan<int> labels)
    {
        int total = 0;
        for (int example = 0; example * _rows < labels.Length; example++)
        {
            ReadOnlySpan<int> own = labels.Slice(example * _rows, _rows);
            int without = own.Count(BatchTrainer.NoLabel);
            if (without == _rows)
                continue;
            int lowest = _gaps ? BatchTrainer.NoLabel : 0;
            if (own.IndexOfAnyExceptInRange(lowest, _classes - 1) is >= 0 and int at)
                throw new ArgumentException(Wrong(example, own[at], without));
            _places[total++] = example;
        }

        return total;
    }

    private string Wrong(int example, int label, int without) =>
        label == BatchTrainer.NoLabel
            ? $"Example {example} of the batch has no label for {without} of its {_rows} targets; give all of them a label, or {label} to all of them to ignore the example."
            : $"Example {example} of the batch has the label {label}; with {_classes} classes it must be 0 to {_classes - 1}, or {BatchTrainer.NoLabel} for an example to ignore.";

    private CountedExamples Copy(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, int first, int count)
    {
        if (_inputs.Length == 0)
        {
            int most = share.Most(plan.Options.MaxBatch);
            (_inputs, _labels) = (new float[most * _values], new int[most * _rows]);
        }

        for (int i = 0; i < count; i++)
        {
            int from = _places[first + i];
            inputs.Slice(from * _values, _values).CopyTo(_inputs.AsSpan(i * _values));
            labels.Slice(from * _rows, _rows).CopyTo(_labels.AsSpan(i * _rows));
        }

        return new CountedExamples
        {
            Inputs = _inputs.AsSpan(0, count * _values),
            Targets = new Targets(_labels.AsSpan(0, count * _rows)),
            Total = count,
        };
    }
}
