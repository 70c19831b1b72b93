using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

public sealed class BatchNormFreezingTests
{
    private static readonly Dictionary<string, ChannelStatistics> NoStatistics = [];

    private static Graph Graph =>
        Network.Input(5).Linear(7).BatchNorm().Sigmoid().Linear(6).BatchNorm().Relu().Linear(3).Build();

    [Fact]
    public void Running_statistics_make_the_same_outputs()
    {
        using Model model = Samples.Model(Graph);
        using Model affine = model.ReplaceByAffine(NoStatistics);
        float[] inputs = Samples.Floats(9 * 5, 3);
        Assert.DoesNotContain(affine.Graph.Nodes, n => n.Layer is BatchNorm);
        Assert.Equal(2, affine.Graph.Nodes.Count(n => n.Layer is ChannelAffine));
        // a x + c in float instead of (x - E) a + beta: roundings of values of size 1.
        Close.Absolute(
            Array.ConvertAll(RuleCases.Infer(model, inputs), v => (double)v),
            RuleCases.Infer(affine, inputs),
            2e-6,
            "output"
        );
    }

    [Fact]
    public void Given_statistics_take_the_place_of_running_ones()
    {
        using Model model = Samples.Model(Graph);
        double[] mean = [0.5, -1, 2, 0, 3, -0.25, 1],
            variance = [1, 2, 0.5, 4, 0.1, 1, 9];
        using Model affine = model.ReplaceByAffine(
            new Dictionary<string, ChannelStatistics> { ["batchnorm1"] = new(mean, variance) }
        );
        for (int c = 0; c < 7; c++)
        {
            double a = model.Floats("batchnorm1.weight")[c] / Math.Sqrt(variance[c] + 1e-5f);
            Assert.Equal(a, affine.Floats("batchnorm1.weight")[c], 1e-6 * Math.Abs(a));
            Assert.Equal(model.Floats("batchnorm1.bias")[c] - (a * mean[c]), affine.Floats("batchnorm1.bias")[c], 1e-5);
        }
    }

    [Fact]
    public void The_model_given_is_left_as_it_is()
    {
        using Model model = Samples.Model(Graph);
        byte[] before = Samples.Bytes(model);
        using Model affine = model.ReplaceByAffine(NoStatistics);
        using Model folded = affine.FoldAffine();
        Assert.Equal(before, Samples.Bytes(model));
    }

    [Fact]
    public void A_constant_channel_without_epsilon_becomes_its_shift()
    {
        using Model model = Model.Create(
            Network.Input(1).BatchNorm(new BatchNormConvention { Epsilon = 0 }).Build(),
            1
        );
        model.Floats("batchnorm1.bias")[0] = 0.75f;
        using Model affine = model.ReplaceByAffine(
            new Dictionary<string, ChannelStatistics> { ["batchnorm1"] = new([5], [0]) }
        );
        Assert.Equal(0f, affine.Floats("batchnorm1.weight")[0]);
        Assert.Equal(0.75f, affine.Floats("batchnorm1.bias")[0]);
    }
}
