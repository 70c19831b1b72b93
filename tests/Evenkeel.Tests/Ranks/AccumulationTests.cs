using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using static Evenkeel.Tests.Ranks.SlicedTraining;

namespace Evenkeel.Tests.Ranks;

/// <summary>A step in micro-batches: the memory of one, the gradients of all, and the same bits on any number of ranks.</summary>
public sealed class AccumulationTests
{
    private const long FewBytes = 512;

    public static TheoryData<string> NetworkNames => [.. SlicedNetworks.All.Keys];

    public static TheoryData<string, int, int> Shares =>
        [
            .. from network in SlicedNetworks.All.Keys
            from share in ((int Slices, int Ranks)[])[(4, 2), (4, 4), (3, 3)]
            select (network, share.Slices, share.Ranks),
        ];

    [Theory]
    [MemberData(nameof(Shares))]
    public void Any_number_of_ranks_makes_the_same_bits(string network, int slices, int ranks)
    {
        TrainingOptions options = Options(slices, 1) with { Accumulate = 2 };
        float[] alone = Train(network, 1, options with { Threads = 3 });
        Assert.Equal(alone, Train(network, ranks, options with { BucketBytes = FewBytes }));
    }

    [Theory]
    [MemberData(nameof(NetworkNames))]
    public void Two_micro_batches_are_two_slices_with_statistics_of_their_own(string network)
    {
        Graph ghost = Ghost(SlicedNetworks.All[network]());
        // Two numbers have one sum, in whatever order.
        Assert.Equal(Trained(ghost, 2, 1, 29), Trained(ghost, 1, 2, 29));
    }

    [Theory]
    [InlineData("dense", 29)]
    [InlineData("renorm", 29)]
    [InlineData("shared", 17)]
    [InlineData("inception", 5)]
    // Fewer examples than micro-batches: images have statistics of one example, and there are empty parts.
    [InlineData("inception", 3)]
    public void More_of_them_are_but_for_rounding(string network, int batch)
    {
        Graph ghost = Ghost(SlicedNetworks.All[network]());
        float[] slices = Trained(ghost, 5, 1, batch),
            micro = Trained(ghost, 1, 5, batch);
        // Five numbers are summed in another order.
        Close.Relative([.. slices.Select(v => (double)v)], micro, 2e-5, network);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(29)]
    // Fewer than there are parts.
    [InlineData(3)]
    public void Without_statistics_the_step_is_that_of_the_whole_batch(int batch)
    {
        (double whole, float[] expected) = Step("plain", batch, Options(1, 1));
        (double loss, float[] found) = Step("plain", batch, Options(2, 1) with { Accumulate = 4 });
        // A mean of doubles over float losses, and sums of floats in another order.
        Close.Relative([whole], [(float)loss], 1e-6, "loss");
        Close.Relative([.. expected.Select(v => (double)v)], found, 2e-5, "parameters");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(29)]
    public void A_value_that_is_no_number_in_one_micro_batch_skips_the_step(int example)
    {
        (float[] inputs, int[] labels) = Batch(SlicedNetworks.All["dense"](), 30);
        TrainingOptions options = Options(2, 1) with { Accumulate = 3, OnNonFiniteLoss = NonFiniteLossPolicy.Skip };
        float[] before = Run("dense", 2, options, _ => { });
        inputs[example * 7] = float.NaN;
        Assert.Equal(before, Run("dense", 2, options, trainer => Assert.False(trainer.Step(inputs, labels).Applied)));
    }

    [Fact]
    public void Values_between_layers_take_the_memory_of_one_micro_batch()
    {
        long whole = Plan(1, 1).ActivationBytes;
        // But for what has no size per example.
        Assert.InRange(Plan(1, 8).ActivationBytes, whole / 8, whole / 7);
        Assert.InRange(Plan(2, 4).ActivationBytes, whole / 8, whole / 7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_step_allocates_nothing(int slices)
    {
        using Model model = Model.Create(SlicedNetworks.All["residual"](), 1);
        using var trainer = new BatchTrainer(model, 24, Options(slices, 1) with { Accumulate = 3 });
        (float[] inputs, int[] labels) = Batch(model.Graph, 24);
        Assert.Equal(0, Allocations.Least(() => trainer.Step(inputs, labels)));
    }

    [Fact]
    public void The_reference_device_takes_them_too()
    {
        Graph graph = SlicedNetworks.All["dense"]();
        using Device reference = Device.Reference();
        float[] exact = Trained(graph, 2, 3, 28, reference),
            found = Trained(graph, 2, 3, 28);
        // Floats beside doubles, through two normalised layers.
        Close.Relative([.. exact.Select(v => (double)v)], found, 1e-5, "reference");
    }

    [Theory]
    [InlineData(0, "accumulate must be 1 to the examples of a slice, 15, not 0")]
    [InlineData(16, "accumulate must be 1 to the examples of a slice, 15, not 16")]
    public void Too_many_are_refused(int microBatches, string message)
    {
        TrainingOptions options = Options(2, 1) with { Accumulate = microBatches };
        Assert.Contains(message, Assert.Throws<ArgumentException>(options.Validate).Message);
    }

    private static ExecutionPlan Plan(int slices, int microBatches) =>
        ExecutionPlan.Build(
            SlicedNetworks.All["residual"](),
            new PlanOptions(PlanMode.Training, 512)
            {
                Loss = new SoftmaxCrossEntropy(),
                Slices = slices,
                Accumulate = microBatches,
            }
        );

    private static Graph Ghost(Graph graph)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes.Where(n => n.Layer is BatchNorm))
            editor.Replace(node.Name, (BatchNorm)node.Layer with { SyncGroupSize = 1 });
        foreach (Node node in graph.Nodes.Where(n => n.Layer is WhiteningNorm))
            editor.Replace(node.Name, (WhiteningNorm)node.Layer with { SyncGroupSize = 1 });
        return editor.ToGraph();
    }

    private static (double Loss, float[] Values) Step(string network, int batch, TrainingOptions options)
    {
        double loss = 0;
        (float[] inputs, int[] labels) = Batch(SlicedNetworks.All[network](), batch);
        float[] values = Run(network, 1, options, trainer => loss = trainer.Step(inputs, labels).Loss);
        return (loss, values);
    }

    private static float[] Trained(Graph graph, int slices, int microBatches, int batch, Device? device = null)
    {
        using Model model = Model.Create(graph, 1);
        TrainingOptions options = Options(slices, 1) with { Accumulate = microBatches };
        using var trainer = new BatchTrainer(model, 30, options, device);
        for (int i = 0; i < 2; i++)
        {
            (float[] inputs, int[] labels) = Batch(graph, batch + i);
            trainer.Step(inputs, labels);
        }

        return Everything(model);
    }
}
