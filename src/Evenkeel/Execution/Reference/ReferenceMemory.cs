using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>
/// The memory of a plan on the reference device: an array for each buffer, of doubles where the plan says floats, and one for each block that the
/// host shares, in which buffers may overlap. What a step reads is dense, whether its buffer is a view or not, and what it writes is put where
/// the buffer lies.
/// </summary>
internal sealed class ReferenceMemory
{
    private readonly ExecutionPlan _plan;
    private readonly Array[] _arrays;
    private readonly long[] _starts;

    /// <summary>Allocates what does not depend on the batch.</summary>
    public ReferenceMemory(ExecutionPlan plan, Bindings bindings)
    {
        (_plan, _starts) = (plan, new long[plan.Buffers.Length]);
        _arrays = [.. plan.Buffers.Select(b => Allocate(b, 0))];
        var shared = new Dictionary<MemoryBlock, double[]>();
        for (int i = 0; i < _arrays.Length; i++)
        {
            if (plan.Buffers[i].Type != ElementType.Float32 || bindings.Place(plan.Buffers[i]) is not { } place)
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
                    _arrays[i] = Allocate(_plan.Buffers[i], value);
            }
        }
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
    public double[] this[int buffer]
    {
        get
        {
            double[] whole = Array<double>(_plan.Buffers[buffer].View?.Base ?? buffer),
                values = new double[_plan.Buffers[buffer].Elements(Batch)];
            for (int i = 0; i < values.Length; i++)
                values[i] = whole[PlaceOf(buffer, i)];
            return values;
        }
        set
        {
            if (value.Length != _plan.Buffers[buffer].Elements(Batch))
                throw new ArgumentException($"'{_plan.Buffers[buffer].Name}' is given {value.Length} values.");
            double[] whole = Array<double>(_plan.Buffers[buffer].View?.Base ?? buffer);
            double rounding = _plan.Buffers[buffer].Type == ElementType.Float32 ? Rounding : 0;
            for (int i = 0; i < value.Length; i++)
                whole[PlaceOf(buffer, i)] = Moved(value[i], rounding);
        }
    }

    /// <summary>A copy of the values of a buffer of any type.</summary>
    public double[] Values(int buffer) =>
        _plan.Buffers[buffer].Type switch
        {
            ElementType.Float32 or ElementType.Float64 => this[buffer],
            ElementType.UInt8 => System.Array.ConvertAll(Array<byte>(buffer), v => (double)v),
            ElementType.Int32 => System.Array.ConvertAll(Array<int>(buffer), v => (double)v),
            _ => System.Array.ConvertAll(Array<long>(buffer), v => (double)v),
        };

    /// <summary>Replaces the values of a buffer of any type.</summary>
    public void Replace(int buffer, double[] values)
    {
        switch (_plan.Buffers[buffer].Type)
        {
            case ElementType.Float32 or ElementType.Float64:
                this[buffer] = values;
                break;
            case ElementType.UInt8:
                System.Array.ConvertAll(values, v => (byte)v).CopyTo(Array<byte>(buffer), 0);
                break;
            case ElementType.Int32:
                System.Array.ConvertAll(values, v => (int)v).CopyTo(Array<int>(buffer), 0);
                break;
            default:
                System.Array.ConvertAll(values, v => (long)v).CopyTo(Array<long>(buffer), 0);
                break;
        }
    }

    /// <summary>Takes over floats, except where a value is rounded to what is given already.</summary>
    public void Feed(int buffer, ReadOnlySpan<float> values)
    {
        double[] kept = this[buffer];
        for (int i = 0; i < kept.Length; i++)
        {
            if ((float)kept[i] != values[i])
                kept[i] = values[i];
        }

        this[buffer] = kept;
    }

    /// <summary>A buffer's values with others added.</summary>
    public void Add(int buffer, double[] values) => this[buffer] = [.. this[buffer].Zip(values, (a, b) => a + b)];

    /// <summary>Writes or adds.</summary>
    public void Put(int buffer, double[] values, bool adds)
    {
        if (adds)
            Add(buffer, values);
        else
            this[buffer] = values;
    }

    /// <summary>The array of a buffer that is no view and not shared: of labels, bytes, counters or doubles.</summary>
    public T[] Array<T>(int buffer) => (T[])_arrays[buffer];

    private static Array Allocate(BufferInfo buffer, int batch)
    {
        long count = buffer.View is null ? buffer.Elements(batch) : 0;
        return buffer.Type switch
        {
            ElementType.Float32 or ElementType.Float64 => new double[count],
            ElementType.Int32 => new int[count],
            ElementType.UInt8 => new byte[count],
            _ => new long[count],
        };
    }

    private long PlaceOf(int buffer, int i)
    {
        if (_plan.Buffers[buffer].View is not { } view)
            return _starts[buffer] + i;
        int channels = _plan.Buffers[buffer].PerExample * view.Stride / _plan.Buffers[view.Base].PerExample;
        return view.Offset + (i / channels * view.Stride) + (i % channels);
    }

    // Equal values are moved alike, so that they stay equal.
    private double Moved(double value, double rounding)
    {
        ulong key = (BitConverter.DoubleToUInt64Bits(value) + (ulong)Seed) * 0x9E3779B97F4A7C15;
        key = (key ^ (key >> 32)) * 0xBF58476D1CE4E5B9;
        return value * (1 + (rounding * (((key >> 32) / (double)uint.MaxValue * 2) - 1)));
    }
}
