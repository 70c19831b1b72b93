using Evenkeel.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Layers;

/// <summary>A layer that is the caller's code: a product with a matrix, so that the library has the same.</summary>
public sealed class CustomLayerTests
{
    private const int Inputs = 6;
    private const int Hidden = 8;
    private const int Made = 5;
    private const int Classes = 3;
    private static readonly string File = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");

    private static CustomLayer Product { get; } =
        new("product", Multiply, Differentiate)
        {
            OutputShape = input =>
                input.Dimensions.Length == 1
                    ? new Shape(Made)
                    : throw new ArgumentException($"it takes rows, not {input}"),
            ParameterCount = input => input.Count * Made,
            Initializer = new NormalInitializer(0.3),
        };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_are_the_slopes_of_the_loss(bool reference)
    {
        using Device device = reference ? Device.Reference() : Device.Cpu(2);
        using Model model = Model.Create(Build(Product), 1);
        var options = new PlanOptions(PlanMode.Training, 12) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(model, options, device);
        (float[] inputs, int[] labels) = Batch(12);
        float[] parameters = [.. model.Trainable];
        executor.ForwardBackward(inputs, labels);
        float[] gradients = [.. executor.Gradients];
        for (int i = 0; i < gradients.Length; i += 3)
        {
            const float h = 1f / 64;
            double slope = (At(i, h) - At(i, -h)) / (2 * h);
            // Differences of means of float losses: 1e-7 over h, and h^2 of third derivatives.
            Assert.Equal(slope, gradients[i], 5e-4);
        }

        double At(int i, float step)
        {
            model.Trainable[i] = parameters[i] + step;
            double found = executor.ForwardBackward(inputs, labels);
            model.Trainable[i] = parameters[i];
            return found;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_trains_as_the_same_layer_of_the_library(bool first)
    {
        var library = new Linear(Made, Bias: false) { Initializer = new NormalInitializer(0.3) };
        float[] expected = Trained(Build(library, first), new TrainingOptions()),
            found = Trained(Build(Product, first), new TrainingOptions());
        // Sums of floats in another order.
        Close.Relative([.. expected.Select(v => (double)v)], found, 1e-5, "parameters");
    }

    [Fact]
    public void Threads_and_ranks_change_no_bit()
    {
        var options = new TrainingOptions { Slices = 4 };
        float[] expected = Trained(Build(Product), options);
        Assert.Equal(expected, Trained(Build(Product), options with { Threads = 2 }));
        Assert.Equal(expected, Trained(Build(Product), options, ranks: 2));
        Assert.Equal(expected, Trained(Build(Product), options, ranks: 4));
    }

    [Fact]
    public void Layers_that_share_its_parameters_add_their_gradients()
    {
        CustomLayer square = Product with { OutputShape = input => input, ParameterCount = _ => Made * Made };
        var library = new Linear(Made, Bias: false) { Initializer = new NormalInitializer(0.3) };
        float[] expected = Trained(Twice(library), new TrainingOptions()),
            found = Trained(Twice(square), new TrainingOptions());
        // Sums of floats in another order.
        Close.Relative([.. expected.Select(v => (double)v)], found, 1e-5, "parameters");

        static Graph Twice(Layer layer) =>
            Network
                .Input(Inputs)
                .Linear(Made)
                .Add(layer, "own")
                .Tanh()
                .Again("own")
                .Linear(Classes, name: "scores")
                .Build();
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Model model = Model.Create(Build(Product), 1);
        using var trainer = new BatchTrainer(model, 24, new TrainingOptions { Slices = 2, Threads = 1 });
        (float[] inputs, int[] labels) = Batch(24);
        Assert.Equal(0, Allocations.Least(() => _ = trainer.Step(inputs, labels)));
    }

    [Fact]
    public void A_file_has_its_parameters_and_is_read_with_the_network()
    {
        try
        {
            using Model model = Model.Create(Build(Product), 1);
            model.Save(File);
            using Model read = Model.Load(File, Build(Product));
            (float[] inputs, _) = Batch(4);
            using Predictor before = model.CreatePredictor(),
                after = read.CreatePredictor();
            Assert.Equal(before.Predict(inputs), after.Predict(inputs));

            using Model alone = Model.Load(File);
            Assert.Equal(model.Floats("own.weight").ToArray(), alone.Floats("own.weight").ToArray());
            var error = Assert.Throws<GraphException>(() => alone.CreatePredictor());
            Assert.StartsWith("Layer 'own' needs the code 'product'", error.Message, StringComparison.Ordinal);
            Assert.Contains("by Load(path, network)", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.Delete(File);
        }
    }

    [Fact]
    public void Batch_normalisation_behind_it_is_not_folded()
    {
        using Model model = Model.Create(Network.Input(Inputs).Add(Product, "own").BatchNorm().Build(), 1);
        FoldDecision decision = Assert.Single(model.PlanFolding());
        Assert.False(decision.Folds);
        Assert.Contains("'own' before it is not linear", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_normalisation_elsewhere_is_folded_and_its_values_stay()
    {
        using Model model = Model.Create(
            Network.Input(Inputs).Linear(Hidden).BatchNorm().Tanh().Add(Product, "own").BatchNorm().Build(),
            1
        );
        Assert.Equal([true, false], model.PlanFolding().Select(d => d.Folds));
        using Model folded = model.FoldBatchNorm();
        Assert.Contains(folded.Graph.Nodes, n => n.Name == "own" && n.Layer is CustomLayer);
        using Predictor whole = model.CreatePredictor(),
            fewer = folded.CreatePredictor();
        float[] inputs = [.. Enumerable.Range(0, 3 * Inputs).Select(i => MathF.Sin(i))];
        // The product by other weights, rounded.
        Close.Relative([.. whole.Predict(inputs).Select(v => (double)v)], fewer.Predict(inputs), 1e-5, "outputs");
    }

    [Fact]
    public void A_diagnosis_goes_through_it()
    {
        using Model model = Model.Create(
            Network.Input(Inputs).Add(Product, "own").BatchNorm().Linear(Classes).Build(),
            1
        );
        float[] inputs = [.. Enumerable.Range(0, 300 * Inputs).Select(i => MathF.Sin(i * i))];
        int[] labels = [.. Enumerable.Range(0, 300).Select(i => i % Classes)];
        var data = new ArrayDataset("waves", inputs, labels, [Inputs], Classes);
        model.Recalibrate(data);
        Assert.True(Assert.Single(model.Diagnose(data).Layers).Fits);
        foreach (ref float variance in model.Floats("batchnorm1.running_var"))
            variance *= 100;
        LayerGap gap = Assert.Single(model.Diagnose(data).Layers);
        Assert.False(gap.Fits);
        // Of the variances that recalibration found in the same examples.
        Assert.InRange(gap.VarianceRatio, 90, 110);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var error = Assert.Throws<GraphException>(() => Network.Input(2, 3).Add(Product, "own"));
        Assert.Contains("'own'", error.Message, StringComparison.Ordinal);
        Assert.Contains("it takes rows, not", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CustomLayer(" ", Multiply, Differentiate));
        Assert.Equal(Product, new CustomLayer("product", (_, _, _) => { }, Differentiate));
        Assert.NotEqual(Product, new CustomLayer("other", Multiply, Differentiate));
    }

    private static Graph Build(Layer layer, bool first = false)
    {
        Network network = Network.Input(Inputs);
        return (first ? network.Add(layer, "own") : network.Linear(Hidden).Tanh().Add(layer, "own"))
            .Tanh()
            .Linear(Classes, name: "scores")
            .Build();
    }

    private static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, Span<float> y)
    {
        y.Clear();
        for (int i = 0; i < weight.Length; i++)
            y[i % Made] += x[i / Made] * weight[i];
    }

    private static void Differentiate(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> weight,
        ReadOnlySpan<float> dy,
        Span<float> dx,
        Span<float> dWeight
    )
    {
        dx.Clear();
        for (int i = 0; i < weight.Length; i++)
        {
            dx[i / Made] += dy[i % Made] * weight[i];
            dWeight[i] += dy[i % Made] * x[i / Made];
        }
    }

    private static float[] Trained(Graph graph, TrainingOptions options, int ranks = 1)
    {
        float[][] results = new float[ranks][];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Model.Create(graph, 1);
                using var trainer = new BatchTrainer(model, 29, options with { LearningRate = 0.05 }, null, rank);
                trainer.JoinRanks();
                for (int i = 0; i < 3; i++)
                {
                    (float[] inputs, int[] labels) = Batch(29 - i);
                    trainer.Step(inputs, labels);
                }

                results[rank.Rank] = [.. model.Trainable];
            }
        );
        Assert.All(results, r => Assert.Equal(results[0], r));
        return results[0];
    }

    private static (float[] Inputs, int[] Labels) Batch(int count)
    {
        var random = new Random(count);
        return (
            [.. Enumerable.Range(0, count * Inputs).Select(_ => (random.NextSingle() * 4) - 1.7f)],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(Classes))]
        );
    }
}
