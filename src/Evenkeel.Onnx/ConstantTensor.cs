using System.Runtime.InteropServices;

namespace Evenkeel.Onnx;

/// <summary>A tensor whose values are known while importing: floats, or integers as 64-bit numbers.</summary>
internal sealed class ConstantTensor
{
    /// <summary>Stands in tensors of sizes for the batch, which no file fixes.</summary>
    public const long BatchSize = long.MinValue;

    private readonly ReadOnlyMemory<byte> _bytes;
    private float[]? _floats;
    private readonly long[]? _integers;

    public ConstantTensor(float[] values, params long[] dimensions)
    {
        (_floats, Dimensions) = (values, dimensions);
        Check(values.Length);
    }

    /// <summary>Floats as they lie in a file, little-endian; not copied until an array is asked for.</summary>
    public ConstantTensor(ReadOnlyMemory<byte> values, params long[] dimensions)
    {
        (_bytes, Dimensions) = (values, dimensions);
        Check(values.Length / sizeof(float));
    }

    public ConstantTensor(long[] values, params long[] dimensions)
    {
        (_integers, Dimensions) = (values, dimensions);
        Check(values.Length);
    }

    public long[] Dimensions { get; }

    public int Rank => Dimensions.Length;

    public int Count => _integers?.Length ?? Values.Length;

    public bool IsInteger => _integers is not null;

    /// <summary>The values as floats.</summary>
    public ReadOnlySpan<float> Values =>
        IsInteger || _floats is not null ? Floats : MemoryMarshal.Cast<byte, float>(_bytes.Span);

    /// <summary>The values as an array of floats.</summary>
    public float[] Floats =>
        _floats ??= IsInteger
            ? Array.ConvertAll(
                _integers!,
                v => v == BatchSize ? throw new UnsupportedException("it depends on the batch size") : (float)v
            )
            : MemoryMarshal.Cast<byte, float>(_bytes.Span).ToArray();

    /// <summary>The values as integers, <see cref="BatchSize"/> among them.</summary>
    public long[] Integers => _integers ?? Array.ConvertAll(Floats, ToInteger);

    /// <summary>The one value of a tensor of one.</summary>
    public float Scalar =>
        Count == 1 ? Floats[0] : throw new UnsupportedException($"a single value is expected, not {this}");

    /// <summary>The value of a tensor whose values are all the same; null of others.</summary>
    public float? Same => Count > 0 && !Floats.AsSpan().ContainsAnyExcept(Floats[0]) ? Floats[0] : null;

    /// <summary>Number of values, or an error if it does not fit an array.</summary>
    public static long Product(ReadOnlySpan<long> dimensions)
    {
        long product = 1;
        bool empty = dimensions.Contains(0);
        foreach (long dimension in dimensions)
        {
            if (dimension < 0)
                throw new OnnxException($"A dimension is {dimension}, below 0; the file is damaged.");
            if (!empty && dimension > 0 && product > int.MaxValue / dimension)
                throw new OnnxException(
                    $"A tensor of [{string.Join(", ", dimensions.ToArray())}] has more than 2^31-1 values."
                );
            product = empty ? 0 : product * dimension;
        }

        return product;
    }

    /// <summary>Whether another tensor is the same values, not others as large.</summary>
    public bool Shares(ConstantTensor other) =>
        IsInteger ? ReferenceEquals(_integers, other._integers)
        : _floats is not null ? ReferenceEquals(_floats, other._floats)
        : _bytes.Equals(other._bytes);

    /// <summary>The same values under other dimensions.</summary>
    public ConstantTensor Reshaped(params long[] dimensions) =>
        IsInteger ? new(_integers!, dimensions)
        : _floats is not null ? new(_floats, dimensions)
        : new(_bytes, dimensions);

    /// <summary>The values at some indices, as a tensor of other dimensions.</summary>
    public ConstantTensor Taken(int[] indices, params long[] dimensions) =>
        IsInteger
            ? new(Array.ConvertAll(indices, i => _integers![i]), dimensions)
            : new(Array.ConvertAll(indices, i => Floats[i]), dimensions);

    public override string ToString() => $"[{string.Join(", ", Dimensions)}]";

    private static long ToInteger(float value) =>
        value == MathF.Truncate(value) && MathF.Abs(value) < 1L << 53
            ? (long)value
            : throw new UnsupportedException($"{value} is used as a whole number");

    private void Check(int length)
    {
        if (Product(Dimensions) != length)
            throw new OnnxException($"A tensor of {this} holds {length} values.");
    }
}
