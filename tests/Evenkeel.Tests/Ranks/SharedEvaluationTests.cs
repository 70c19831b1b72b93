using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Images.Views;
using Evenkeel.Data.Synthetic;
using Evenkeel.Diagnostics;
using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Ranks;

/// <summary>
/// Ranks share out what is computed with a fixed model, and all get the bits of one rank. They begin with models of their own and end with
/// the first one's.
/// </summary>
public sealed class SharedEvaluationTests
{
    private const int Block = Evaluator.BlockSize;

    // More blocks than ranks, as many, fewer, and a last one that is not full.
    [Theory]
    [InlineData(2, (4 * Block) + 17)]
    [InlineData(3, (4 * Block) + 17)]
    [InlineData(4, 4 * Block)]
    [InlineData(4, Block + 1)]
    [InlineData(3, 5)]
    public void An_evaluation_is_that_of_one_rank(int ranks, int examples) =>
        SameOnAll(ranks, (model, device, rank) => model.Evaluate(Data(examples), device, rank));

    [Fact]
    public void Each_rank_reads_its_own_blocks()
    {
        int examples = (6 * Block) + 1;
        int[][] read = new int[4][];
        InProcessRanks.Run(
            4,
            rank =>
            {
                RecordingDataset data = Data(examples);
                using Model model = Dense(1);
                using var evaluator = new Evaluator(model, data, ranks: rank);
                evaluator.JoinRanks();
                data.TakeRead();
                evaluator.Run();
                read[rank.Rank] = [.. data.TakeRead().Select(r => r.Index)];
            }
        );
        for (int rank = 0; rank < 4; rank++)
            Assert.Equal(Enumerable.Range(0, examples).Where(i => i / Block % 4 == rank), read[rank]);
    }

    [Theory]
    [InlineData(PopulationEstimator.Pooled, 2, null)]
    [InlineData(PopulationEstimator.Paper, 3, null)]
    [InlineData(PopulationEstimator.Pooled, 4, 2)]
    [InlineData(PopulationEstimator.Paper, 4, 5)]
    [InlineData(PopulationEstimator.Running, 2, null)]
    public void Population_statistics_are_those_of_one_rank(PopulationEstimator estimator, int ranks, int? most) =>
        SameOnAll(
            ranks,
            (model, device, rank) =>
                model
                    .MeasurePopulation(Data(101), new PopulationOptions(estimator, 9, most), device, rank)
                    .OrderBy(layer => layer.Key, StringComparer.Ordinal)
                    .SelectMany(layer => layer.Value.Mean.Concat(layer.Value.Variance))
                    .ToArray()
        );

    [Theory]
    [InlineData(RecalibrationOrder.LayerByLayer, 2, 0)]
    [InlineData(RecalibrationOrder.LayerByLayer, 3, 0.25)]
    [InlineData(RecalibrationOrder.OnePass, 4, 0.25)]
    public void Recalibration_is_that_of_one_rank(RecalibrationOrder order, int ranks, double prior)
    {
        var options = new RecalibrationOptions
        {
            Order = order,
            PriorWeight = prior,
            BatchSize = 9,
        };
        SameOnAll(
            ranks,
            (model, device, rank) =>
            {
                IReadOnlyList<RecalibratedLayer> layers = model.Recalibrate(Data(101), options, device, ranks: rank);
                return (string.Join('\n', layers), Convert.ToHexString(Samples.Bytes(model)));
            }
        );
    }

    [Fact]
    public void A_trial_is_that_of_one_rank() =>
        SameOnAll(
            3,
            (model, device, rank) =>
            {
                using Model after = model.Clone();
                after.Floats("batchnorm1.running_mean").Fill(0.5f);
                return RemedyTrial.Measure(model, after, Data(700), "a change", device, rank);
            }
        );

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Averages_over_views_are_those_of_one_rank(int ranks)
    {
        MemoryImages images = ShapesAndTextures.GenerateTest(
            31,
            new ShapesAndTexturesOptions { Side = 16, Classes = 6 }
        );
        SameOnAll(
            ranks,
            (model, device, rank) =>
            {
                var asked = ClassProbabilities.Measure(
                    model,
                    images,
                    MultiCrop.Ten(16),
                    ChannelScaling.Unit,
                    device,
                    ranks: rank
                );
                return Enumerable.Range(0, images.Count).SelectMany(i => asked.Of(i).ToArray()).ToArray();
            },
            seed =>
                Model.Create(
                    Network
                        .Input(16, 16, 3)
                        .Conv2d(5, 3, 2, 1)
                        .BatchNorm()
                        .Relu()
                        .GlobalAveragePool()
                        .Linear(6)
                        .Build(),
                    seed
                )
        );
    }

    [Fact]
    public void A_rank_with_other_data_is_named()
    {
        var error = Assert.Throws<CommunicatorException>(() =>
            InProcessRanks.Run(
                3,
                rank =>
                {
                    using Model model = Dense(1);
                    model.Evaluate(Data(rank.Rank == 1 ? 41 : 40), ranks: rank);
                }
            )
        );
        Assert.Contains("rank 1 of 3 differs from rank 0 in its data", error.Message);
    }

    [Fact]
    public void A_rank_has_a_default_device_of_its_own_and_its_share_of_the_processors()
    {
        var devices = new Device[3];
        InProcessRanks.Run(
            3,
            rank =>
            {
                devices[rank.Rank] = Device.Default;
                Device.Default.Dispose();
                Assert.Same(devices[rank.Rank], Device.Default);
                using Model model = Dense(1);
                model.Evaluate(Data(40));
            }
        );
        Assert.Equal(4, devices.Append(Device.Default).Distinct().Count());
        Assert.All(devices, own => Assert.Equal(Math.Max(1, Environment.ProcessorCount / 3), own.Threads));
        using Model alone = Dense(1);
        Assert.Throws<ObjectDisposedException>(() => alone.Evaluate(Data(40), devices[0]));
    }

    private static void SameOnAll<T>(
        int ranks,
        Func<Model, Device, Communicator?, T> compute,
        Func<ulong, Model>? create = null
    )
    {
        create ??= Dense;
        using Model model = create(0);
        using var device = Device.Cpu(1);
        T alone = compute(model, device, null);
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model own = create((ulong)rank.Rank);
                using var threads = Device.Cpu(1);
                Assert.Equal(alone, compute(own, threads, rank));
            }
        );
    }

    private static Model Dense(ulong seed) => Model.Create(SlicedNetworks.All["dense"](), seed);

    private static RecordingDataset Data(int examples) => new(examples, 7, 4);
}
