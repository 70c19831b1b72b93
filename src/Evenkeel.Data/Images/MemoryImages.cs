namespace Evenkeel.Data.Images;

/// <summary>Decoded images of one size held in memory.</summary>
public sealed class MemoryImages : IImageSource
{
    private readonly byte[] _pixels;
    private readonly int[] _labels;
    private readonly int _length;

    /// <summary>Wraps arrays; they are not copied and must not change afterwards.</summary>
    /// <param name="name">What the images are, for messages.</param>
    /// <param name="pixels">[count, height, width, 3], red, green and blue.</param>
    /// <param name="labels">[count], each below the number of names.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Pixels of a row, 1 or more.</param>
    /// <param name="classNames">Names of the classes, by label.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together, or a label is out of range.</exception>
    public MemoryImages(
        string name,
        byte[] pixels,
        int[] labels,
        int height,
        int width,
        IReadOnlyList<string> classNames
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Name, Height, Width) = (name, height, width);
        ClassNames = ImageChecks.Names(name, classNames);
        if (pixels.Length != (long)labels.Length * height * width * ImageBuffer.Channels)
        {
            throw new ArgumentException(
                $"{name}: {labels.Length} images of {height} x {width} pixels need "
                    + $"{(long)labels.Length * height * width * ImageBuffer.Channels} bytes, but there are {pixels.Length}.",
                nameof(pixels)
            );
        }

        DatasetChecks.Labels<int>(name, labels, Classes, "image");
        (_pixels, _labels, _length) = (pixels, labels, height * width * ImageBuffer.Channels);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Rows of every image.</summary>
    public int Height { get; }

    /// <summary>Pixels of a row of every image.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public int Classes => ClassNames.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Label(int index)
    {
        ImageChecks.Index(this, index);
        return _labels[index];
    }

    /// <inheritdoc/>
    public string Describe(int index)
    {
        ImageChecks.Index(this, index);
        return $"{Name}, image {index}";
    }

    /// <summary>The pixels of an image, [Height, Width, 3].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the source.</exception>
    public ReadOnlySpan<byte> Pixels(int index)
    {
        ImageChecks.Index(this, index);
        return _pixels.AsSpan(index * _length, _length);
    }

    /// <inheritdoc/>
    public void Read(int index, ImageBuffer image, int shorterSide = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        ReadOnlySpan<byte> pixels = Pixels(index);
        image.Resize(Height, Width);
        pixels.CopyTo(image.Pixels);
    }
}
