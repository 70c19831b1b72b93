using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Images.Views;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Ranks;

namespace Evenkeel.Training;

/// <summary>
/// What one model, or several, think of images: a probability for each class, averaged over views of the image (crops, mirrored) and
/// over models. The average is the arithmetic mean of probabilities (Ioffe and Szegedy 2015, section 4.2.3).
/// </summary>
public sealed class ClassProbabilities
{
    private const int BlockSize = 144;
    private readonly float[] _values;
    private readonly int[] _labels;

    private ClassProbabilities(float[] values, int[] labels) => (_values, _labels) = (values, labels);

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes.</summary>
    public int Classes => _values.Length / _labels.Length;

    /// <summary>Share of images whose most probable class is the label, in [0, 1].</summary>
    public double Accuracy => (double)TopK.Count(_values, _labels, 1) / Count;

    /// <summary>Share of images whose label is among the five most probable classes, in [0, 1].</summary>
    public double TopFive => (double)TopK.Count(_values, _labels, 5) / Count;

    /// <summary>The probabilities of an image's classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<float> Of(int image)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(image, Count);
        return _values.AsSpan(image * Classes, Classes);
    }

    /// <summary>Asks a model, with its running statistics, for all images of a source.</summary>
    /// <param name="model">Takes images [side, side, 3] and gives one value per class.</param>
    /// <param name="images">What is asked about; at least one image.</param>
    /// <param name="views">Which views of each image; their side is the model's.</param>
    /// <param name="scaling">What a colour's value is: that of the model's training.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="progress">Told how many images are done.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="ranks">
    /// Those that share out the views and all get the probabilities, bit for bit those of one rank; null where there is one. Ranks behind
    /// the first get that one's model.
    /// </param>
    /// <exception cref="ArgumentException">The model does not take such views, or has fewer classes than there are labels.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="CommunicatorException">A rank has another network or other images.</exception>
    public static ClassProbabilities Measure(
        Model model,
        IImageSource images,
        MultiCrop views,
        ChannelScaling scaling,
        Device? device = null,
        Action<int>? progress = null,
        Communicator? ranks = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        var reader = new ViewReader(images, views, scaling);
        int classes = RequireFit(model, reader);
        var options = new PlanOptions(PlanMode.Inference, BlockSize) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(model, options, device);
        float[] sums = new float[images.Count * classes];
        int[] labels = [.. Enumerable.Range(0, images.Count).Select(images.Label)];
        float[] inputs = GC.AllocateUninitializedArray<float>(BlockSize * reader.ViewLength);
        int[] blockLabels = new int[BlockSize];
        Join(ranks, model, labels);
        long rows = (long)images.Count * views.Count;
        var rounds = new RankRounds<float>(ranks, BlockSize * classes, Ask, Average);
        rounds.Run((int)((rows + BlockSize - 1) / BlockSize));
        return new ClassProbabilities(sums, labels);

        (long First, int Count) RowsOf(int block) =>
            ((long)block * BlockSize, (int)Math.Min(BlockSize, rows - ((long)block * BlockSize)));

        void Ask(int block, Span<float> probabilities)
        {
            cancellation.ThrowIfCancellationRequested();
            (long first, int count) = RowsOf(block);
            Read(reader, first, count, inputs);
            executor.ForwardLoss(inputs.AsSpan(0, count * reader.ViewLength), blockLabels.AsSpan(0, count));
            executor.Probabilities[..(count * classes)].CopyTo(probabilities);
        }

        void Average(int block, Span<float> probabilities)
        {
            (long first, int count) = RowsOf(block);
            for (int i = 0; i < count * classes; i++)
                sums[((first + (i / classes)) / views.Count * classes) + (i % classes)] +=
                    probabilities[i] / views.Count;
            progress?.Invoke((int)((first + count) / views.Count));
        }
    }

    /// <summary>The arithmetic mean of several models' probabilities of the same images.</summary>
    /// <exception cref="ArgumentException">There are none, or they are of other images.</exception>
    public static ClassProbabilities Mean(IReadOnlyList<ClassProbabilities> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
            throw new ArgumentException("There are no models to average.", nameof(models));
        float[] mean = new float[models[0]._values.Length];
        foreach (ClassProbabilities model in models)
        {
            if (model._values.Length != mean.Length || !model._labels.AsSpan().SequenceEqual(models[0]._labels))
                throw new ArgumentException("The models were measured on different images.", nameof(models));
            for (int i = 0; i < mean.Length; i++)
                mean[i] += model._values[i] / models.Count;
        }

        return new ClassProbabilities(mean, models[0]._labels);
    }

    private static void Join(Communicator? ranks, Model model, int[] labels)
    {
        if (ranks is not { Size: > 1 })
            return;
        RankAgreement.Require(ranks, "images", RankAgreement.HashOf(labels));
        RankAgreement.Join(ranks, model);
    }

    // Views follow one another, image after image, so that blocks are full whatever the number of views.
    private static void Read(ViewReader reader, long first, int count, float[] inputs)
    {
        for (int row = 0; row < count; row++)
        {
            (long image, long view) = Math.DivRem(first + row, reader.Views.Count);
            if (reader.Current != image)
                reader.Load((int)image);
            reader.Write((int)view, inputs.AsSpan(row * reader.ViewLength, reader.ViewLength));
        }
    }

    private static int RequireFit(Model model, ViewReader reader)
    {
        if (reader.Source.Count == 0)
            throw new ArgumentException($"{reader.Source.Name}: there are no images.");
        int side = reader.Views.Side,
            classes = model.Graph.OutputShape.Count;
        if (model.Graph.Input.Shape.Count != reader.ViewLength)
        {
            throw new ArgumentException(
                $"The model takes {model.Graph.Input.Shape}, but the views are [{side}, {side}, 3]; choose views of the model's side."
            );
        }

        return classes >= reader.Source.Classes
            ? classes
            : throw new ArgumentException(
                $"The model has {classes} classes, but '{reader.Source.Name}' has {reader.Source.Classes}."
            );
    }
}
