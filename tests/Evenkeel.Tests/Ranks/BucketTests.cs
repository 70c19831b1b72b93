using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Ranks;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using static Evenkeel.Tests.Ranks.SlicedTraining;

namespace Evenkeel.Tests.Ranks;

/// <summary>Gradients are exchanged in buckets, each as soon as it is computed; the bits are those of one bucket.</summary>
public sealed class BucketTests
{
    // A tensor or a few of the small networks.
    private const long FewBytes = 512;

    public static TheoryData<string, int, int> Shares =>
        [
            .. from network in SlicedNetworks.All.Keys
            from share in ((int Slices, int Ranks)[])[(8, 1), (8, 2), (8, 8), (6, 2), (6, 3)]
            select (network, share.Slices, share.Ranks),
        ];

    public static TheoryData<string> NetworkNames => [.. SlicedNetworks.All.Keys];

    [Theory]
    [MemberData(nameof(Shares))]
    public void Buckets_do_not_change_bits(string network, int slices, int ranks)
    {
        float[] whole = Train(network, 1, Options(slices, PlanOptions.DefaultBucketBytes));
        Assert.Equal(whole, Train(network, ranks, Options(slices, FewBytes)));
    }

    [Theory]
    [MemberData(nameof(Shares))]
    public void The_engines_own_sums_are_those_of_the_tree_but_for_rounding(string network, int slices, int ranks)
    {
        float[] exact = Train(network, 1, Options(slices, FewBytes)),
            fast = Train(network, ranks, Options(slices, FewBytes) with { Exchange = ExchangeMode.Fast });
        if (ranks == 1)
            Assert.Equal(exact, fast);
        // Eight floats are summed in another order, over three steps.
        Close.Relative([.. exact.Select(v => (double)v)], fast, 2e-5, network);
    }

    [Theory]
    [MemberData(nameof(NetworkNames))]
    public void Each_gradient_is_in_one_bucket_behind_the_last_step_that_touches_it(string network)
    {
        ExecutionPlan plan = Plan(SlicedNetworks.All[network](), FewBytes);
        (int Step, BufferInfo Bucket)[] buckets =
        [
            .. plan
                .Steps.Select((step, i) => (step, i))
                .Where(s => s.step is ExchangeGradients)
                .Select(s => (s.i, plan[((ExchangeGradients)s.step).Gradients])),
        ];
        Assert.InRange(buckets.Length, 2, plan.Layout.Tensors.Count);
        long at = 0;
        foreach (BufferInfo bucket in buckets.Select(b => b.Bucket).OrderBy(b => b.Home))
        {
            Assert.Equal(at, bucket.Home);
            at += bucket.Bytes(0);
        }

        Assert.Equal(plan.Layout.TrainableBytes, at);
        foreach ((int step, BufferInfo bucket) in buckets)
            Assert.DoesNotContain(
                plan.Steps[(step + 1)..].TakeWhile(s => s is not FinishGradients),
                s => Touches(plan, s, bucket)
            );
        Assert.Equal(buckets.Select((_, i) => $"gradients {i + 1} of {buckets.Length}"), Names(plan));
    }

    [Fact]
    public void Large_networks_begin_with_a_small_bucket_and_small_ones_have_one()
    {
        ExecutionPlan large = Plan(BnInception.Create(), PlanOptions.DefaultBucketBytes);
        long[] bytes = [.. large.Steps.OfType<ExchangeGradients>().Select(s => large[s.Gradients].Bytes(0))];
        // A bucket is closed by the tensor that fills it; what is left in the end of weights and of offsets is smaller.
        Assert.InRange(bytes[0], 1 << 20, 5 << 20);
        Assert.True(bytes.Count(b => b >= PlanOptions.DefaultBucketBytes) >= bytes.Length - 3, string.Join(' ', bytes));
        Assert.Equal(["gradients"], Names(Plan(MnistNetwork.Create(batchNorm: true), PlanOptions.DefaultBucketBytes)));
        Assert.Equal(
            ["gradients 1 of 3", "gradients 2 of 3", "gradients 3 of 3"],
            Names(Plan(SlicedNetworks.All["plain"](), FewBytes))
        );
    }

    [Theory]
    [InlineData(ExchangeMode.Exact)]
    [InlineData(ExchangeMode.Fast)]
    public void A_step_of_two_ranks_allocates_nothing(ExchangeMode exchange)
    {
        TrainingOptions options = Options(4, FewBytes) with { Exchange = exchange };
        long[] bytes = new long[2];
        InProcessRanks.Run(
            2,
            ranks =>
            {
                using Model model = Model.Create(SlicedNetworks.All["residual"](), 1);
                using var trainer = new BatchTrainer(model, 24, options, ranks: ranks);
                (float[] inputs, int[] labels) = Batch(model.Graph, 24);
                trainer.JoinRanks();
                // As many rounds on both, whatever they find.
                for (int i = 0; i < 40; i++)
                {
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    trainer.Step(inputs, labels);
                    long now = GC.GetAllocatedBytesForCurrentThread() - before;
                    bytes[ranks.Rank] = i < 10 ? now : Math.Min(bytes[ranks.Rank], now);
                }
            }
        );
        Assert.Equal([0, 0], bytes);
    }

    [Fact]
    public void Whoever_waits_says_for_what()
    {
        var error = Assert.Throws<CommunicatorException>(() =>
            InProcessRanks.Run(
                2,
                ranks =>
                {
                    using Model model = Model.Create(SlicedNetworks.All["plain"](), 1);
                    using var trainer = new BatchTrainer(model, 8, Options(2, FewBytes), ranks: ranks);
                    (float[] inputs, int[] labels) = Batch(model.Graph, 8);
                    trainer.JoinRanks();
                    ranks.Timeout = TimeSpan.FromSeconds(1);
                    if (ranks.Rank == 0)
                        trainer.Step(inputs, labels);
                    else
                        // The loss and no more.
                        ranks.SendReceive<double>([1], new double[1], 0);
                }
            )
        );
        Assert.Equal("rank 1 has not reached step 1, exchange of gradients 1 of 3, for 1 s", error.Message);
    }

    private static IEnumerable<string> Names(ExecutionPlan plan) =>
        plan.Steps.OfType<ExchangeGradients>().Select(s => s.Layer);

    private static bool Touches(ExecutionPlan plan, Step step, BufferInfo bucket) =>
        step is not ExchangeStep
        && step.Reads.Concat(step.Writes)
            .Select(b => plan[b])
            .Any(b =>
                b.Region == Region.Gradient
                && b.Home < bucket.Home + bucket.Bytes(0)
                && b.Home + b.Bytes(0) > bucket.Home
            );

    private static ExecutionPlan Plan(Graph graph, long bucketBytes) =>
        ExecutionPlan.Build(
            graph,
            new PlanOptions(PlanMode.Training, 8)
            {
                Loss = new SoftmaxCrossEntropy(),
                Slices = 2,
                BucketBytes = bucketBytes,
            }
        );

    private static TrainingOptions Options(int slices, long bucketBytes) =>
        SlicedTraining.Options(slices, 1) with
        {
            BucketBytes = bucketBytes,
        };
}
