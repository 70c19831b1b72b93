using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Loading;
using Evenkeel.Testing;

namespace Evenkeel.Data.Tests.Images;

public sealed class ImageDatasetTests
{
    private static readonly ImageTransform Augment = new()
    {
        Crop = new RandomResizedCrop { Side = 12 },
        Mirror = new RandomMirror(),
        Distortion = new PhotometricDistortion(1),
        Scaling = new ChannelScaling(new Rgb(0.4, 0.5, 0.6), new Rgb(0.2, 0.25, 0.3)),
    };

    private static BatchLoaderOptions Options(int workers, int prefetch) =>
        new()
        {
            BatchSize = 13,
            Seed = 3,
            Workers = workers,
            Prefetch = prefetch,
            LastBatch = LastBatch.Merge,
        };

    private static ImageDataset Data() => new(RandomImages.Of(60, 15, 20), Augment, seed: 9);

    private static List<(float[] Inputs, int[] Labels)> Take(BatchLoader loader, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => loader.Next())
                .Select(b => (b.Inputs.ToArray(), b.Labels.ToArray())),
        ];

    [Theory]
    [InlineData(2, 0)]
    [InlineData(5, 0)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(5, 3)]
    [InlineData(64, 1)]
    public void Batches_are_the_same_bits_for_any_number_of_workers_and_after_resuming(int workers, int prefetch)
    {
        using var alone = new BatchLoader(Data(), Options(1, 0));
        List<(float[] Inputs, int[] Labels)> expected = Take(alone, 11);
        for (int stop = 0; stop < 7; stop += 3)
        {
            var start = new LoaderPosition(stop / 4, stop % 4);
            using var loader = new BatchLoader(Data(), Options(workers, prefetch) with { Start = start });
            List<(float[] Inputs, int[] Labels)> batches = Take(loader, 4);
            for (int i = 0; i < batches.Count; i++)
            {
                Assert.Equal(expected[stop + i].Labels, batches[i].Labels);
                Assert.Equal(expected[stop + i].Inputs, batches[i].Inputs);
            }
        }
    }

    [Fact]
    public void An_example_changes_with_epoch_seed_and_index_alone()
    {
        ImageDataset data = Data();
        float[] once = Read(data, 4, 2);
        Read(data, 5, 0);
        Assert.Equal(once, Read(data, 4, 2));
        Assert.Equal(once, Read(Data(), 4, 2));
        Assert.NotEqual(once, Read(data, 4, 3));
        Assert.NotEqual(once, Read(new ImageDataset(data.Source, Augment, seed: 10), 4, 2));
    }

    [Fact]
    public void Views_of_a_data_set_pass_the_epoch_on()
    {
        ImageDataset data = Data();
        var part = (IEpochDataset)data.Slice(10, 20);
        float[] values = new float[part.InputLength];
        part.Read([3], 5, values, new int[1]);
        Assert.Equal(Read(data, 13, 5), values);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        ImageDataset data = Data();
        float[] values = new float[8 * data.InputLength];
        int[] labels = new int[8];
        int[] indices = [0, 1, 2, 3, 4, 5, 6, 7];
        int epoch = 0;
        Assert.Equal(0, Allocations.Least(() => data.Read(indices, epoch++, values, labels), warmUp: 40, calls: 40));
    }

    [Fact]
    public void Loading_with_several_workers_allocates_nothing_per_batch()
    {
        using var loader = new BatchLoader(Data(), Options(2, 0));
        Take(loader, 20);
        for (int i = 0; i < 100; i++)
            loader.Next();
        Assert.Equal(0, Allocations.Least(() => loader.Next(), calls: 100));
    }

    [Fact]
    public void An_image_smaller_than_the_crop_is_refused_by_name()
    {
        var crop = new ResizeAndCenterCrop { Side = 16, Enlarging = Enlarging.Refuse };
        var data = new ImageDataset(RandomImages.Of(4, 15, 20), new ImageTransform { Crop = crop });
        var e = Assert.Throws<DataFormatException>(() => Read(data, 2, 0));
        Assert.Contains("noise, image 2: the image has 20 x 15 pixels", e.Message, StringComparison.Ordinal);
        var padded = new ImageTransform
        {
            Crop = new PadAndCrop { Side = 24, Padding = 4 },
        };
        Assert.Throws<DataFormatException>(() => Read(new ImageDataset(data.Source, padded), 0, 0));
    }

    private static float[] Read(ImageDataset data, int index, int epoch)
    {
        float[] values = new float[data.InputLength];
        int[] label = new int[1];
        data.Read([index], epoch, values, label);
        Assert.Equal(data.Source.Label(index), label[0]);
        return values;
    }
}
