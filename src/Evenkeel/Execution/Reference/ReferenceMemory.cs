using System.Numerics;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>
/// The memory of a plan on the reference device: doubles, whatever the plan says, in an array for each buffer and one for each block that the
/// host shares, in which buffers may overlap. What a step reads is dense, whether its buffer is a view or not, and what it writes is put where
/// the buffer lies.
/// </summary>
internal sealed class ReferenceMemory
{
    private readonly ExecutionPlan _plan;
    private readonly double[][] _arrays;
    private readonly long[] _starts;

    /// <summary>Allocates what does not depend on the batch.</summary>
    public ReferenceMemory(ExecutionPlan plan, Bindings bindings)
    {
        (_plan, _starts) = (plan, new long[plan.Buffers.Length]);
        _arrays = [.. plan.Buffers.Select(b => new double[b.Elements(0)])];
        var shared = new Dictionary<MemoryBlock, double[]>();
        for (int i = 0; i < _arrays.Length; i++)
        {
            if (bindings.Place(plan.Buffers[i]) is not { } place)
                continue;
            if (!shared.TryGetValue(place.Block, out double[]? values))
                shared[place.Block] = values = new double[place.Block.Bytes / sizeof(float)];
            (_arrays[i], _starts[i]) = (values, place.Offset / sizeof(float));
        }
    }

    /// <summary>Examples of the run; a change empties what has a size per example.</summary>
    public int Batch
    {
        get;
        set
        {
            if (field == value)
                return;
            field = value;
            for (int i = 0; i < _arrays.Length; i++)
            {
                if (_plan.Buffers[i].PerExample > 0)
                    _arrays[i] = new double[_plan.Buffers[i].Elements(value)];
            }
        }
    }

    /// <summary>Examples of all slices of the batch; those of this one unless set.</summary>
    public int Total
    {
        get => field > 0 ? field : Batch;
        set;
    }

    /// <summary>Numbers of the training step.</summary>
    public StepScalars Scalars { get; set; }

    /// <summary>Layers whose running statistics were left alone.</summary>
    public long RefusedCommits { get; set; }

    /// <summary>
    /// What is written as floats is moved by at most this part of itself, at random but the same in each run: 2^-24 shows what rounding to floats may
    /// do to the results.
    /// </summary>
    public double Rounding { get; init; }

    /// <summary>Another number moves values in another way.</summary>
    public int Seed { get; init; }

    /// <summary>A buffer's values in a row: a copy is read, and what is given replaces all of them.</summary>
    public double[] this[BufferId buffer]
    {
        get
        {
            double[] values = new double[_plan[buffer].Elements(Batch)];
            (double[] whole, int at, int row, int stride) = PlaceOf(buffer, values.Length);
            for (int i = 0; i < values.Length; i += row, at += stride)
                whole.AsSpan(at, row).CopyTo(values.AsSpan(i));
            return values;
        }
        set
        {
            if (value.Length != _plan[buffer].Elements(Batch))
                throw new ArgumentException($"'{_plan[buffer].Name}' is given {value.Length} values.");
            double[] written =
                Rounding > 0 && _plan[buffer].Type == ElementType.Float32 ? Array.ConvertAll(value, Moved) : value;
            (double[] whole, int at, int row, int stride) = PlaceOf(buffer, written.Length);
            for (int i = 0; i < written.Length; i += row, at += stride)
                written.AsSpan(i, row).CopyTo(whole.AsSpan(at));
        }
    }

    /// <summary>Takes over the host's values, except where they are what ours are rounded to.</summary>
    public void Feed<T>(BufferId buffer, ReadOnlySpan<T> values)
        where T : struct, INumber<T>
    {
        double[] kept = this[buffer];
        for (int i = 0; i < kept.Length; i++)
        {
            if (T.CreateTruncating(kept[i]) != values[i])
                kept[i] = double.CreateTruncating(values[i]);
        }

        this[buffer] = kept;
    }

    /// <summary>Gives the host values, rounded.</summary>
    public void Read<T>(BufferId buffer, Span<T> values)
        where T : struct, INumber<T>
    {
        double[] kept = this[buffer];
        for (int i = 0; i < kept.Length; i++)
            values[i] = T.CreateTruncating(kept[i]);
    }

    /// <summary>Writes or adds.</summary>
    public void Put(GradientTarget target, double[] values) =>
        this[target.Buffer] = target.Accumulates ? [.. this[target.Buffer].Zip(values, (a, b) => a + b)] : values;

    // The array, the place of the first value in it, how many lie in a row, and from row to row: all are one row, unless the buffer is a view.
    private (double[] Whole, int First, int Row, int Stride) PlaceOf(BufferId buffer, int length)
    {
        if (_plan[buffer].View is not { } view)
            return (_arrays[buffer.Index], checked((int)_starts[buffer.Index]), length, length);
        int channels = _plan[buffer].PerExample * view.Stride / _plan[view.Base].PerExample;
        return (_arrays[view.Base.Index], view.Offset, channels, view.Stride);
    }

    // Equal values are moved alike, so that they stay equal.
    private double Moved(double value)
    {
        ulong key = (BitConverter.DoubleToUInt64Bits(value) + (ulong)Seed) * 0x9E3779B97F4A7C15;
        key = (key ^ (key >> 32)) * 0xBF58476D1CE4E5B9;
        return value * (1 + (Rounding * (((key >> 32) / (double)uint.MaxValue * 2) - 1)));
    }
}
