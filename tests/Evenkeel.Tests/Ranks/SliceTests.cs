using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Ranks;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using static Evenkeel.Tests.Ranks.SlicedTraining;

namespace Evenkeel.Tests.Ranks;

/// <summary>A batch in slices: the bits depend on their number alone, and the results are those of the whole batch but for rounding.</summary>
public sealed class SliceTests
{
    public static TheoryData<string> NetworkNames => [.. SlicedNetworks.All.Keys];

    public static TheoryData<string, int, int> Shares =>
        [
            .. from network in SlicedNetworks.All.Keys
            from share in ((int Slices, int Ranks)[])[(8, 2), (8, 4), (8, 8), (6, 2), (6, 3), (6, 6)]
            select (network, share.Slices, share.Ranks),
        ];

    [Theory]
    [MemberData(nameof(Shares))]
    public void Any_number_of_ranks_makes_the_same_bits(string network, int slices, int ranks)
    {
        float[] alone = Train(network, 1, Options(slices, 2));
        Assert.Equal(alone, Train(network, ranks, Options(slices, 1)));
    }

    [Theory]
    [MemberData(nameof(NetworkNames))]
    public void Threads_do_not_change_bits(string network) =>
        Assert.Equal(Train(network, 1, Options(4, 1)), Train(network, 1, Options(4, 3)));

    [Theory]
    [InlineData("dense")]
    [InlineData("inception")]
    [InlineData("residual")]
    public void Ranks_and_threads_do_not_change_bits_where_activations_are_kept_as_bfloat16(string network)
    {
        TrainingOptions options = Options(8, 1) with { KeepActivations = ElementType.BFloat16 };
        float[] alone = Train(network, 1, options);
        Assert.NotEqual(Train(network, 1, Options(8, 1)), alone);
        Assert.Equal(alone, Train(network, 1, options with { Threads = 3 }));
        Assert.Equal(alone, Train(network, 4, options));
    }

    [Theory]
    [InlineData("dense")]
    [InlineData("inception")]
    [InlineData("renorm")]
    [InlineData("white")]
    [InlineData("padded")]
    [InlineData("plain")]
    public void Slices_compute_what_the_whole_batch_does(string network)
    {
        float[] whole = Train(network, 1, Options(1, 1)),
            sliced = Train(network, 1, Options(5, 1));
        // Sums in another order, over three steps.
        Close.Relative([.. whole.Select(v => (double)v)], sliced, 2e-5, network);
    }

    [Theory]
    [InlineData("dense", 1)]
    [InlineData("dense", 2)]
    [InlineData("inception", 2)]
    public void A_batch_smaller_than_its_slices_leaves_some_empty(string network, int ranks)
    {
        (float[] inputs, int[] labels) = Batch(SlicedNetworks.All[network](), 3);
        float[] few = Run(network, ranks, Options(8, 1), trainer => trainer.Step(inputs, labels)),
            whole = Run(network, 1, Options(1, 1), trainer => trainer.Step(inputs, labels));
        Close.Relative([.. whole.Select(v => (double)v)], few, 2e-5, "three examples");
    }

    [Fact]
    public void A_value_that_is_no_number_in_one_slice_changes_nothing_on_any_rank()
    {
        (float[] inputs, int[] labels) = Batch(SlicedNetworks.All["dense"](), 16);
        float[] before = Run("dense", 2, Options(4, 1), _ => { });
        inputs[^1] = float.NaN;
        float[] after = Run(
            "dense",
            2,
            Options(4, 1) with
            {
                OnNonFiniteLoss = NonFiniteLossPolicy.Skip,
            },
            trainer => Assert.False(trainer.Step(inputs, labels).Applied)
        );
        Assert.Equal(before, after);
    }

    [Fact]
    public void Ranks_that_do_not_divide_the_slices_are_refused()
    {
        var error = Assert.Throws<CommunicatorException>(() => Train("dense", 3, Options(8, 1)));
        Assert.Contains("8 slices are not a multiple of 3 ranks", error.Message);
    }

    [Fact]
    public void A_rank_with_another_network_is_named()
    {
        var error = Assert.Throws<CommunicatorException>(() =>
            InProcessRanks.Run(
                3,
                ranks =>
                {
                    using Model model = Model.Create(SlicedNetworks.All[ranks.Rank == 2 ? "plain" : "dense"](), 1);
                    using var trainer = new BatchTrainer(model, 30, Options(3, 1), ranks: ranks);
                    trainer.JoinRanks();
                }
            )
        );
        Assert.Contains("rank 2 of 3 differs from rank 0 in its network or plan", error.Message);
    }

    [Fact]
    public void The_first_rank_gives_its_state_to_all()
    {
        float[][] found = new float[2][];
        InProcessRanks.Run(
            2,
            ranks =>
            {
                using Model model = Model.Create(SlicedNetworks.All["dense"](), (ulong)ranks.Rank);
                using var trainer = new BatchTrainer(model, 30, Options(2, 1), ranks: ranks);
                trainer.JoinRanks();
                found[ranks.Rank] = Everything(model);
            }
        );
        Assert.Equal(found[0], found[1]);
    }

    // With statistics of each slice alone, the gradient of a batch is the mean of the slices' gradients, and the running statistics
    // follow the means of theirs.
    [Fact]
    public void Ghost_batches_are_batches_of_their_own()
    {
        Graph graph = Network
            .Input(7)
            .Linear(5, bias: false)
            .Add(new BatchNorm(BatchNormConvention.Default with { UpdateRate = 1 }) { SyncGroupSize = 1 }, "bn")
            .Relu()
            .Linear(4)
            .Build();
        (float[] inputs, int[] labels) = Batch(graph, 24);
        (float[] whole, float[] mean, float[] variance) = Gradients(graph, 3, inputs, labels);
        var parts = Enumerable
            .Range(0, 3)
            .Select(i => Gradients(graph, 1, inputs.AsSpan(i * 56, 56).ToArray(), labels.AsSpan(i * 8, 8).ToArray()))
            .ToArray();
        // Eight floats and three parts are summed in another order.
        Close.Relative(Means(parts, p => p.Gradients), whole, 1e-5, "gradients");
        Close.Relative(Means(parts, p => p.Mean), mean, 1e-6, "running mean");
        Close.Relative(Means(parts, p => p.Variance), variance, 1e-6, "running variance");
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Model model = Model.Create(SlicedNetworks.All["residual"](), 1);
        using var trainer = new BatchTrainer(model, 24, Options(4, 1));
        (float[] inputs, int[] labels) = Batch(model.Graph, 24);
        Assert.Equal(0, Allocations.Least(() => trainer.Step(inputs, labels)));
    }

    [Fact]
    public void The_reference_device_takes_slices_too()
    {
        float[] whole = Reference(1),
            sliced = Reference(4);
        // Doubles, rounded to floats at the end.
        Close.Relative([.. whole.Select(v => (double)v)], sliced, 1e-6, "reference");
    }

    private static double[] Means<T>(T[] parts, Func<T, float[]> of) =>
        [.. of(parts[0]).Select((_, i) => parts.Average(p => (double)of(p)[i]))];

    private static (float[] Gradients, float[] Mean, float[] Variance) Gradients(
        Graph graph,
        int slices,
        float[] inputs,
        int[] labels
    )
    {
        using Model model = Model.Create(graph, 1);
        using var trainer = new BatchTrainer(
            model,
            labels.Length,
            new()
            {
                BatchSize = labels.Length,
                Slices = slices,
                Threads = 1,
            }
        );
        trainer.Step(inputs, labels);
        return (
            trainer.Gradients.ToArray(),
            model.Floats("bn.running_mean").ToArray(),
            model.Floats("bn.running_var").ToArray()
        );
    }

    private static float[] Reference(int slices)
    {
        using Model model = Model.Create(SlicedNetworks.All["dense"](), 1);
        using Device device = Device.Reference();
        using var trainer = new BatchTrainer(model, 20, Options(slices, 1), device);
        (float[] inputs, int[] labels) = Batch(model.Graph, 20);
        trainer.Step(inputs, labels);
        return Everything(model);
    }
}
