using Evenkeel.Data.Images;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Synthetic;

/// <summary>
/// Coloured images drawn by a program, for convolutional networks without a download. The class is a shape with a texture;
/// place, size, turn, colours, background, light, an obstacle and noise say nothing of it, so that single pixels do not
/// either. Same seed, same bytes, on every system and for any number of threads: each image has its own generator and only
/// operations with one exact result (+ - * / and square root) are used.
/// </summary>
public static class ShapesAndTextures
{
    /// <summary>Training images by default.</summary>
    public const int TrainCount = 50_000;

    /// <summary>Test images by default.</summary>
    public const int TestCount = 10_000;

    /// <summary>Shapes times textures.</summary>
    public const int MaxClasses = 20;

    private const int ChunkLength = 64;
    private const ulong TrainStream = 3;
    private const ulong TestStream = 4;

    /// <summary>Training and test images.</summary>
    /// <param name="trainCount">Training images, 0 or more.</param>
    /// <param name="testCount">Test images, 0 or more.</param>
    /// <param name="options">Size, classes and seed; null for the defaults.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="OperationCanceledException">The generation was stopped.</exception>
    public static ImageSplit Generate(
        int trainCount = TrainCount,
        int testCount = TestCount,
        ShapesAndTexturesOptions? options = null,
        CancellationToken cancellation = default
    ) => new(GenerateTrain(trainCount, options, cancellation), GenerateTest(testCount, options, cancellation));

    /// <summary>The first <paramref name="count"/> training images; a larger count only adds to a smaller one.</summary>
    /// <param name="count">Number of images, 0 or more.</param>
    /// <param name="options">Size, classes and seed; null for the defaults.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="OperationCanceledException">The generation was stopped.</exception>
    public static MemoryImages GenerateTrain(
        int count = TrainCount,
        ShapesAndTexturesOptions? options = null,
        CancellationToken cancellation = default
    ) => Generate("shapes train", count, options ?? new(), TrainStream, Environment.ProcessorCount, cancellation);

    /// <summary>The first <paramref name="count"/> test images, from a stream apart from the training images'.</summary>
    /// <inheritdoc cref="GenerateTrain"/>
    public static MemoryImages GenerateTest(
        int count = TestCount,
        ShapesAndTexturesOptions? options = null,
        CancellationToken cancellation = default
    ) => Generate("shapes test", count, options ?? new(), TestStream, Environment.ProcessorCount, cancellation);

    internal static MemoryImages Generate(
        string name,
        int count,
        ShapesAndTexturesOptions options,
        ulong stream,
        int threads,
        CancellationToken cancellation
    )
    {
        int length = options.Side * options.Side * ImageBuffer.Channels;
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / length);
        byte[] pixels = new byte[count * length];
        int[] labels = new int[count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(
            0,
            (count + ChunkLength - 1) / ChunkLength,
            parallel,
            () => new ScenePainter(options.Side),
            (chunk, _, painter) =>
            {
                int end = Math.Min(count, (chunk + 1) * ChunkLength);
                for (int i = chunk * ChunkLength; i < end; i++)
                {
                    var random = SeededRandom.For(options.Seed, stream, (ulong)i);
                    labels[i] = (int)random.Below((uint)options.Classes);
                    painter.Paint(labels[i], ref random, pixels.AsSpan(i * length, length));
                }

                return painter;
            },
            _ => { }
        );
        return new MemoryImages(name, pixels, labels, options.Side, options.Side, Names(options.Classes));
    }

    private static string[] Names(int classes) =>
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c => $"{Texture.Names[c / Silhouette.Count]} {Silhouette.Names[c % Silhouette.Count]}"),
        ];
}
