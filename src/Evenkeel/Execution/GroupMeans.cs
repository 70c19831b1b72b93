using System.Numerics.Tensors;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Lowering;

namespace Evenkeel.Execution;

/// <summary>
/// The mean of all groups' moments, of all layers in one message: of means and counts, weighed by counts, and of variances. What the
/// running statistics follow, which only the first slice of a rank commits.
/// </summary>
internal sealed class GroupMeans
{
    private readonly ExchangeMeans _step;
    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly SliceTree _tree;
    private readonly int[] _lengths;
    private readonly double[] _values;

    /// <summary>Makes room for the moments of all layers.</summary>
    public GroupMeans(ExchangeMeans step, Program[] slices, SliceShare share, SliceTree tree)
    {
        (_step, _slices, _share, _tree) = (step, slices, share, tree);
        // Behind the moments of a layer, how many groups are not empty.
        _lengths = [.. step.Grouped.Select(l => slices[0].Plan[l.Mean].Fixed + 1)];
        _values = new double[slices.Length * _lengths.Sum()];
        tree.Reserve(_lengths.Sum());
    }

    /// <summary>
    /// Takes in what this rank's slices bring, one micro-batch after the other; behind the last one sums it with that of all others, and divides.
    /// </summary>
    /// <param name="part">The micro-batch.</param>
    public void Exchange(int part)
    {
        if (part == 0)
            _values.AsSpan().Clear();
        int length = _values.Length / _slices.Length;
        for (int i = 0; i < _slices.Length; i++)
            Bring(i, _values.AsSpan(i * length, length));
        if (!_share.IsLast(part))
            return;
        _tree.Fold(_values, _share.Slices, SliceTree.Add);
        Divide(_values.AsSpan(0, length));
    }

    // The first slice of a group brings its moments; they are nothing where it has no examples.
    private void Bring(int slice, Span<double> row)
    {
        for (int k = 0, at = 0; k < _lengths.Length; at += _lengths[k++])
        {
            GroupedMoments layer = _step.Grouped[k];
            if ((_share.First + slice) % layer.Group != 0)
                continue;
            Span<double> values = row.Slice(at, _lengths[k]);
            ReadOnlySpan<double> moments = _slices[slice].Doubles(layer.Moments);
            Span<double> means = values[..(moments.Length / 2)],
                others = values[means.Length..^1];
            TensorPrimitives.MultiplyAdd(moments[..means.Length], moments[^1], means, means);
            TensorPrimitives.Add(others, moments[means.Length..], others);
            values[^1] += Math.Min(1, moments[^1]);
        }
    }

    private void Divide(Span<double> row)
    {
        for (int k = 0, at = 0; k < _lengths.Length; at += _lengths[k++])
        {
            Span<double> values = row.Slice(at, _lengths[k]);
            double groups = Math.Max(1, values[^1]);
            var mean = new ChannelMoments(values[..^1]);
            TensorPrimitives.Divide(mean.Mean, Math.Max(1, mean.Count), mean.Mean);
            TensorPrimitives.Divide(mean.M2, groups, mean.M2);
            mean.Count /= groups;
            _slices[0].Set(_step.Grouped[k].Mean, values[..^1]);
        }
    }
}
