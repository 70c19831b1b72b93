using System.Text.RegularExpressions;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Random chains and branches of everything that folding meets.</summary>
public sealed partial class RandomFoldingTests
{
    private static readonly int[][] Inputs =
    [
        [6],
        [5, 4],
        [5, 6, 3],
        [3, 4, 5, 2],
    ];

    [Fact]
    public void A_folded_network_gives_what_the_network_gave()
    {
        int folds = 0;
        for (ulong seed = 1; seed <= 300; seed++)
        {
            using Model model = Samples.Model(RandomGraph(seed), seed);
            byte[] before = Samples.Bytes(model);
            using Model folded = model.FoldBatchNorm();
            folds += model.PlanFolding().Count(d => d.Folds);
            float[] inputs = Samples.Floats(3 * model.Graph.Input.Shape.Count, seed);
            var reference = new DoubleNetwork(model) { Mode = PlanMode.Inference };
            double[] expected = reference.Forward(inputs);
            double largest = reference.Values(inputs).Values.Max(v => v.Max(Math.Abs));
            // Up to nine layers of float32 sums of some hundred products, each with an error of some 1e-7 of the largest value anywhere.
            Close.Absolute(expected, RuleCases.Infer(folded, inputs), 1e-5 * largest, $"seed {seed}");
            Assert.Equal(before, Samples.Bytes(model));
            Assert.All(model.PlanFolding(), d => NamesLayers(model.Graph, d));
            using Model again = folded.FoldBatchNorm();
            Assert.DoesNotContain(folded.PlanFolding(), d => d.Folds);
        }

        // About 900 normalisations, most of them with something linear within reach.
        Assert.True(folds > 400, $"{folds} were folded");
    }

    private static void NamesLayers(Graph graph, FoldDecision decision)
    {
        Assert.All(Quoted().Matches(decision.Reason), m => Assert.True(graph.Contains(m.Groups[1].Value), m.Value));
        Assert.All(decision.Into, name => Assert.True(graph.Contains(name), name));
    }

    private static Graph RandomGraph(ulong seed)
    {
        var random = new Random((int)seed);
        var network = Network.Input(Inputs[Index(random, Inputs.Length)]);
        int layers = 5 + Index(random, 5);
        for (int i = 0; i < layers; i++)
        {
            if (Index(random, 8) == 0)
                network = network.Concat($"cat{i}", n => Beside(n, random), n => Beside(Beside(n, random), random));
            else
                network = Append(network, random);
        }

        return network.Build();
    }

    // A layer that does not fit the value is another one.
    private static Network Append(Network network, Random random)
    {
        while (true)
        {
            Layer layer = RandomLayer(random);
            try
            {
                return network.Add(layer);
            }
            catch (GraphException)
            {
                // The next draw.
            }
        }
    }

    // Layers that keep the positions, so that branches fit together.
    private static Network Beside(Network network, Random random) =>
        Index(random, 4) switch
        {
            0 => network.Linear(1 + Index(random, 4)),
            1 => network.Dropout(0.3f),
            2 => network.Tanh(),
            _ => network.BatchNorm(),
        };

    private static Layer RandomLayer(Random random) =>
        Index(random, 16) switch
        {
            < 5 => new BatchNorm(BatchNormConvention.Default) { PerActivation = Index(random, 4) == 0 },
            5 => new Linear(2 + Index(random, 4), Index(random, 2) == 0),
            6 when Index(random, 3) == 0 => new Conv1d(3, new AxisWindow(2) { Stride = 2 }),
            6 when Index(random, 2) == 0 => new Conv3d(3, new AxisWindow(2), Window.Square(2)),
            6 => new Conv2d(4, Window.Square(1 + Index(random, 2), 1, Index(random, 4) == 0 ? 1 : 0)),
            7 => new ConvTranspose2d(2, new Window(2, 1)),
            8 => new Permute([.. Enumerable.Range(0, 2 + Index(random, 2)).OrderBy(_ => random.Next())]),
            9 => new Flatten(),
            10 => new Reshape(new Shape(2, 1 + Index(random, 12))),
            11 => Index(random, 2) == 0 ? new MaxPool2d(Window.Square(2)) : new MaxPool1d(new AxisWindow(2)),
            12 => new AveragePool2d(Window.Square(2, 1, 1), AverageDivisor.RealPixels),
            13 => Index(random, 3) == 0 ? new GlobalAveragePool() : new Dropout(0.3f),
            14 => new ChannelAffine(),
            _ => new Tanh(),
        };

    private static int Index(Random random, int count) => random.Next(count);

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
