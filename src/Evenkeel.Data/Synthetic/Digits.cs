using Evenkeel.Data;
using Evenkeel.Data.Sampling;
using Evenkeel.Data.Synthetic;

namespace Evenkeel;

/// <summary>
/// The built-in data set: generated digits of 28 x 28 pixels that look handwritten, so no download is needed. For small networks it is
/// about as hard as MNIST, but it is not MNIST: name the data set when you report numbers. The same seed gives the same bytes on every
/// system and for any number of threads: each example has its own random generator, and only operations with one exact result (+ - * / and
/// square root of floats) are used.
/// </summary>
public static class Digits
{
    /// <summary>Training examples, as in MNIST.</summary>
    public const int TrainCount = 60_000;

    /// <summary>Test examples, as in MNIST.</summary>
    public const int TestCount = 10_000;

    private const int Pixels = InkRaster.Side * InkRaster.Side;
    private const int ChunkLength = 256;
    private const ulong TrainStream = 1;
    private const ulong TestStream = 2;

    /// <summary>60,000 training and 10,000 test digits of shape [784]; a second or two on two cores.</summary>
    /// <param name="encoding">The value of a pixel; null for <see cref="PixelEncoding.Binary"/>.</param>
    /// <param name="seed">Seed of the generated digits.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="OperationCanceledException">The generation was stopped.</exception>
    public static DatasetSplit Generate(
        PixelEncoding? encoding = null,
        ulong seed = 1,
        CancellationToken cancellation = default
    ) =>
        new(
            GenerateTrain(TrainCount, encoding, seed, cancellation),
            GenerateTest(TestCount, encoding, seed, cancellation)
        );

    /// <summary>
    /// The first <paramref name="count"/> training digits. A larger count keeps the digits of a smaller one and adds more.
    /// </summary>
    /// <param name="count">Number of digits, 0 or more.</param>
    /// <param name="encoding">The value of a pixel; null for <see cref="PixelEncoding.Binary"/>.</param>
    /// <param name="seed">Seed of the generated digits.</param>
    /// <param name="cancellation">Stops the generation.</param>
    /// <exception cref="OperationCanceledException">The generation was stopped.</exception>
    public static InMemoryDataset GenerateTrain(
        int count,
        PixelEncoding? encoding = null,
        ulong seed = 1,
        CancellationToken cancellation = default
    ) => Generate("digits train", count, encoding, seed, TrainStream, Environment.ProcessorCount, cancellation);

    /// <summary>The first <paramref name="count"/> test digits; their random stream is separate from that of the training digits.</summary>
    /// <inheritdoc cref="GenerateTrain"/>
    public static InMemoryDataset GenerateTest(
        int count,
        PixelEncoding? encoding = null,
        ulong seed = 1,
        CancellationToken cancellation = default
    ) => Generate("digits test", count, encoding, seed, TestStream, Environment.ProcessorCount, cancellation);

    internal static InMemoryDataset Generate(
        string name,
        int count,
        PixelEncoding? encoding,
        ulong seed,
        ulong stream,
        int threads,
        CancellationToken cancellation
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Pixels);
        byte[] pixels = new byte[count * Pixels];
        byte[] labels = new byte[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(
            0,
            (count + ChunkLength - 1) / ChunkLength,
            options,
            () => new Handwriting(),
            (chunk, _, hand) =>
            {
                int end = Math.Min(count, (chunk + 1) * ChunkLength);
                for (int i = chunk * ChunkLength; i < end; i++)
                    labels[i] = WriteOne(hand, seed, stream, i, pixels.AsSpan(i * Pixels, Pixels));
                return hand;
            },
            _ => { }
        );
        return new InMemoryDataset(name, pixels, labels, [Pixels], 10, encoding ?? PixelEncoding.Binary);
    }

    private static byte WriteOne(Handwriting hand, ulong seed, ulong stream, int index, Span<byte> image)
    {
        var random = SeededRandom.For(seed, stream, (ulong)index);
        byte label = (byte)random.Below(10);
        hand.Write(label, ref random, image);
        return label;
    }
}
