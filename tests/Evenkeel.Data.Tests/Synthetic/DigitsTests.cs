using System.Security.Cryptography;

namespace Evenkeel.Data.Tests.Synthetic;

public sealed class DigitsTests
{
    private static string Fingerprint(InMemoryDataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < data.Count; i++)
        {
            hash.AppendData(data.Pixels(i));
            hash.AppendData([(byte)data.Label(i)]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    [Fact]
    public void A_seed_gives_the_same_bytes_everywhere_and_for_good()
    {
        // A change here changes the built-in data set, and with it every number reported on it.
        Assert.Equal("daec0ef294aca882", Fingerprint(Digits.GenerateTrain(2_000)));
        Assert.Equal("d2e98d4e51904f1a", Fingerprint(Digits.GenerateTest(2_000)));
        Assert.NotEqual("daec0ef294aca882", Fingerprint(Digits.GenerateTrain(2_000, seed: 2)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void The_number_of_threads_does_not_matter(int threads)
    {
        InMemoryDataset data = Digits.Generate("digits", 1_000, null, 1, 1, threads, CancellationToken.None);
        Assert.Equal(Fingerprint(Digits.GenerateTrain(1_000)), Fingerprint(data));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(257)]
    public void A_larger_count_only_adds_to_a_smaller(int count)
    {
        InMemoryDataset few = Digits.GenerateTrain(count);
        InMemoryDataset many = Digits.GenerateTrain(600);
        for (int i = 0; i < count; i++)
            Assert.True(few.Pixels(i).SequenceEqual(many.Pixels(i)) && few.Label(i) == many.Label(i));
    }

    [Fact]
    public void Has_the_size_and_shape_of_MNIST()
    {
        DatasetSplit split = Digits.Generate();
        Assert.Equal((60_000, 10_000, 10), (split.Train.Count, split.Test.Count, split.Train.Classes));
        Assert.Equal([784], split.Train.Shape);
        Assert.Same(PixelEncoding.Binary, ((InMemoryDataset)split.Test).Encoding);
    }

    [Fact]
    public void No_test_digit_is_a_training_digit()
    {
        static HashSet<string> Images(InMemoryDataset data) =>
            [.. Enumerable.Range(0, data.Count).Select(i => Convert.ToBase64String(data.Pixels(i)))];

        HashSet<string> train = Images(Digits.GenerateTrain(5_000));
        HashSet<string> test = Images(Digits.GenerateTest(2_000));
        Assert.Equal((5_000, 2_000), (train.Count, test.Count));
        Assert.Empty(train.Intersect(test));
    }

    [Fact]
    public void Classes_are_about_as_frequent()
    {
        InMemoryDataset data = Digits.GenerateTrain(10_000);
        int[] counts = new int[10];
        for (int i = 0; i < data.Count; i++)
            counts[data.Label(i)]++;

        // Five standard deviations of a binomial count of mean 1,000.
        Assert.All(counts, c => Assert.InRange(c, 850, 1_150));
    }

    [Fact]
    public void Every_digit_is_inked_and_lies_within_the_frame()
    {
        InMemoryDataset data = Digits.GenerateTrain(5_000);
        int touching = 0;
        for (int i = 0; i < data.Count; i++)
        {
            ReadOnlySpan<byte> image = data.Pixels(i);
            int ink = 0;
            bool edge = false;
            for (int p = 0; p < image.Length; p++)
            {
                if (image[p] <= 127)
                    continue;
                ink++;
                edge |= p / 28 is 0 or 27 || p % 28 is 0 or 27;
            }

            Assert.InRange(ink, 10, 400);
            touching += edge ? 1 : 0;
        }

        Assert.InRange(touching, 0, 100);
    }

    [Fact]
    public void Classes_can_be_told_apart_but_not_by_their_means_alone()
    {
        double accuracy = NearestMean(Digits.GenerateTrain(5_000), Digits.GenerateTest(2_000));

        // MNIST: 0.82. Far below, digits would be scribbles; far above, there would be nothing to learn.
        Assert.InRange(accuracy, 0.65, 0.90);
    }

    [Fact]
    public void Stops_when_told_to()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Digits.Generate(cancellation: stopped.Token));
    }

    [Fact]
    public void Refuses_a_negative_count() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.GenerateTrain(-1));

    private static double NearestMean(InMemoryDataset train, InMemoryDataset test)
    {
        double[][] means = [.. Enumerable.Range(0, 10).Select(_ => new double[784])];
        int[] counts = new int[10];
        for (int i = 0; i < train.Count; i++)
        {
            counts[train.Label(i)]++;
            for (int p = 0; p < 784; p++)
                means[train.Label(i)][p] += train.Pixels(i)[p];
        }

        for (int c = 0; c < 10; c++)
        {
            for (int p = 0; p < 784; p++)
                means[c][p] /= counts[c];
        }

        int right = 0;
        for (int i = 0; i < test.Count; i++)
            right += Nearest(means, test.Pixels(i).ToArray()) == test.Label(i) ? 1 : 0;
        return right / (double)test.Count;
    }

    private static int Nearest(double[][] means, byte[] image) =>
        Enumerable.Range(0, 10).MinBy(c => image.Zip(means[c], (a, b) => (a - b) * (a - b)).Sum());
}
