namespace Evenkeel.Data;

/// <summary>
/// Images of bytes held in memory; a <see cref="PixelEncoding"/> says which value each byte stands for. A quarter of
/// the memory of floats, and one copy of the bytes serves every encoding.
/// </summary>
public sealed class InMemoryDataset : IDataset
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;

    /// <summary>Wraps bytes; the arrays are not copied and must not change afterwards.</summary>
    /// <param name="name">Name of the data, for messages.</param>
    /// <param name="pixels">[count, product of <paramref name="shape"/>].</param>
    /// <param name="labels">[count], each below <paramref name="classes"/>.</param>
    /// <param name="shape">Shape of one example.</param>
    /// <param name="classes">Number of classes, 1 to 256.</param>
    /// <param name="encoding">Which value a byte stands for.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together, or a label is out of range.</exception>
    public InMemoryDataset(
        string name,
        byte[] pixels,
        byte[] labels,
        ReadOnlySpan<int> shape,
        int classes,
        PixelEncoding encoding
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 256);
        Name = name;
        Classes = classes;
        Encoding = encoding;
        (Shape, InputLength) = DatasetChecks.Shape(shape, name);
        if (pixels.Length != (long)labels.Length * InputLength)
        {
            throw new ArgumentException(
                $"{name}: {labels.Length} labels with {InputLength} values each need "
                    + $"{(long)labels.Length * InputLength} pixels, but there are {pixels.Length}.",
                nameof(pixels)
            );
        }

        DatasetChecks.Labels<byte>(name, labels, classes);
        _pixels = pixels;
        _labels = labels;
    }

    private InMemoryDataset(InMemoryDataset source, ReadOnlySpan<int> shape, PixelEncoding encoding)
    {
        (Name, Classes, Encoding) = (source.Name, source.Classes, encoding);
        (_pixels, _labels) = (source._pixels, source._labels);
        (Shape, InputLength) = DatasetChecks.Shape(shape, source.Name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public IReadOnlyList<int> Shape { get; }

    /// <inheritdoc/>
    public int InputLength { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>Which value each byte stands for.</summary>
    public PixelEncoding Encoding { get; }

    /// <summary>The bytes of one example, before the encoding.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the data.</exception>
    public ReadOnlySpan<byte> Pixels(int index)
    {
        DatasetChecks.Index(this, index);
        return _pixels.AsSpan(index * InputLength, InputLength);
    }

    /// <summary>The label of one example.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the data.</exception>
    public int Label(int index)
    {
        DatasetChecks.Index(this, index);
        return _labels[index];
    }

    /// <summary>The same bytes under another encoding; nothing is copied.</summary>
    public InMemoryDataset WithEncoding(PixelEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return new InMemoryDataset(this, [.. Shape], encoding);
    }

    /// <summary>The same values as another shape of the same length, such as [28, 28, 1] for [784].</summary>
    /// <exception cref="ArgumentException">The shape has another number of values.</exception>
    public InMemoryDataset WithShape(params ReadOnlySpan<int> shape)
    {
        var reshaped = new InMemoryDataset(this, shape, Encoding);
        return reshaped.InputLength == InputLength
            ? reshaped
            : throw new ArgumentException(
                $"{Name}: an example has {InputLength} values, but the shape "
                    + $"[{string.Join(", ", shape.ToArray())}] has {reshaped.InputLength}.",
                nameof(shape)
            );
    }

    /// <summary>
    /// Mean and population standard deviation of all pixels as fractions of 255: what
    /// <see cref="PixelEncoding.Standardized"/> takes. Measure the training part and use it for both parts.
    /// </summary>
    public (double Mean, double StandardDeviation) MeasurePixels()
    {
        Span<long> histogram = stackalloc long[256];
        histogram.Clear();
        foreach (byte pixel in _pixels)
            histogram[pixel]++;
        double sum = 0;
        double squares = 0;
        for (int value = 0; value < 256; value++)
        {
            sum += (double)histogram[value] * value;
            squares += (double)histogram[value] * value * value;
        }

        // Whole numbers below 2^53, so both sums are exact.
        double count = Math.Max(1, _pixels.Length);
        double mean = sum / count;
        return (mean / 255, Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))) / 255);
    }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        DatasetChecks.Spans(this, indices.Length, inputs.Length, labels.Length);
        for (int i = 0; i < indices.Length; i++)
        {
            int index = indices[i];
            DatasetChecks.Index(this, index);
            labels[i] = _labels[index];
            PixelDecoder.Decode(
                _pixels.AsSpan(index * InputLength, InputLength),
                inputs.Slice(i * InputLength, InputLength),
                Encoding
            );
        }
    }
}
