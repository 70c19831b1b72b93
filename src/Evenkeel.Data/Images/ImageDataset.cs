using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images;

/// <summary>
/// Images as a network sees them, [height, width, channels], read and transformed anew each epoch. An example is a function of the
/// seed, the epoch and its index alone. Reading is thread-safe and allocates nothing once buffers have grown.
/// </summary>
public sealed class ImageDataset : IEpochDataset
{
    // Keeps these random numbers apart from those of shuffles and generated images under the same seed.
    private const ulong Salt = 0xA0761D6478BD642F;

    private readonly ObjectPool<ImageWorkspace> _workspaces = new(static () => new ImageWorkspace());
    private readonly ulong _seed;

    /// <summary>Joins a source with a transform.</summary>
    /// <param name="source">Where images come from.</param>
    /// <param name="transform">What is done with them.</param>
    /// <param name="seed">Which random crops, mirrors and colours.</param>
    public ImageDataset(IImageSource source, ImageTransform transform, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(transform);
        (Source, Transform, _seed) = (source, transform, seed ^ Salt);
        Shape = Array.AsReadOnly([transform.Height, transform.Width, transform.Channels]);
    }

    /// <summary>Where images come from.</summary>
    public IImageSource Source { get; }

    /// <summary>What is done with them.</summary>
    public ImageTransform Transform { get; }

    /// <inheritdoc/>
    public string Name => Source.Name;

    /// <inheritdoc/>
    public int Count => Source.Count;

    /// <inheritdoc/>
    public IReadOnlyList<int> Shape { get; }

    /// <inheritdoc/>
    public int InputLength => Transform.Length;

    /// <inheritdoc/>
    public int Classes => Source.Classes;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        Read(indices, 0, inputs, labels);

    /// <inheritdoc/>
    /// <exception cref="DataFormatException">An image cannot be read, or is smaller than the crop; the message names it.</exception>
    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        DatasetChecks.Spans(this, indices.Length, inputs.Length, labels.Length);
        ImageWorkspace work = _workspaces.Rent();
        try
        {
            for (int i = 0; i < indices.Length; i++)
            {
                int index = indices[i];
                DatasetChecks.Index(this, index);
                labels[i] = Source.Label(index);
                Source.Read(index, work.Image, Transform.Crop.SourceSide);
                CheckSize(index, work.Image);
                var random = SeededRandom.For(_seed, (ulong)epoch, (ulong)index);
                Transform.Apply(work, ref random, inputs.Slice(i * InputLength, InputLength));
            }
        }
        finally
        {
            _workspaces.Return(work);
        }
    }

    private void CheckSize(int index, ImageBuffer image)
    {
        if (Math.Min(image.Height, image.Width) >= Transform.Crop.MinSide)
            return;
        throw new DataFormatException(
            $"{Source.Describe(index)}: the image has {image.Width} x {image.Height} pixels, but the crop of "
                + $"{Transform.Height} x {Transform.Width} needs {Transform.Crop.MinSide} along the shorter side; leave it out, use a smaller crop, "
                + "or one that enlarges."
        );
    }
}
