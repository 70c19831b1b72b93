using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>Two small networks trained on the built-in digits, and ways to damage them that happen to people.</summary>
public sealed class TrainedDigits : IDisposable
{
    // Steps at this rate move statistics and no weight.
    private const double Still = 1e-30;
    private const int Steps = 400;

    public TrainedDigits()
    {
        Data = new DatasetSplit(
            Digits.GenerateTrain(4_000, PixelEncoding.UnitScale),
            Digits.GenerateTest(1_000, PixelEncoding.UnitScale)
        );
        Flat = Network
            .Input(784)
            .Linear(40)
            .Relu()
            .Linear(30)
            .Relu()
            .Linear(20)
            .Relu()
            .Linear(10)
            .Build()
            .InsertBatchNorm();
        Convolutional = Network
            .Input(28, 28, 1)
            .Conv2d(8, 3, 2, 1, bias: false)
            .BatchNorm()
            .Relu()
            .Conv2d(12, 3, 2, 1, bias: false)
            .BatchNorm()
            .Relu()
            .Conv2d(16, 3, 2, 1, bias: false)
            .BatchNorm()
            .Relu()
            .GlobalAveragePool()
            .Linear(10)
            .Build();
        FlatModel = Train(Flat);
        ConvolutionalModel = Train(Convolutional);
    }

    public DatasetSplit Data { get; }

    public Graph Flat { get; }

    public Graph Convolutional { get; }

    public Model FlatModel { get; }

    public Model ConvolutionalModel { get; }

    /// <summary>A copy of a trained model, by the network's kind.</summary>
    public Model Copy(string kind) => (kind == "flat" ? FlatModel : ConvolutionalModel).Clone();

    /// <summary>Goes on with statistics alone, from their beginning if asked, in batches and at a rate of the caller's.</summary>
    public Model UpdateStatistics(string kind, int steps, int batch, double rate, bool fromTheBeginning = false)
    {
        using Model origin = Copy(kind);
        Graph graph = origin.Graph;
        foreach (Node node in Norms(graph))
        {
            var norm = (BatchNorm)node.Layer;
            graph = graph.Replace(node.Name, norm with { Convention = norm.Convention with { UpdateRate = rate } });
        }

        Model model = origin.With(graph);
        foreach (Node node in Norms(graph))
        {
            if (!fromTheBeginning)
                continue;
            model.Floats($"{node.Name}.running_mean").Clear();
            model.Floats($"{node.Name}.running_var").Fill(1);
            model.Integers($"{node.Name}.num_batches_tracked").Clear();
        }

        using var trainer = new Trainer(
            model,
            Data.Train,
            new TrainingOptions
            {
                BatchSize = batch,
                LearningRate = new ConstantRate(Still),
                Threads = 1,
            }
        );
        trainer.Run(steps);
        return model;
    }

    /// <summary>Changes every running variance.</summary>
    public static void MapVariances(Model model, Func<float, float> map)
    {
        foreach (Node node in Norms(model.Graph))
        {
            foreach (ref float value in model.Floats($"{node.Name}.running_var"))
                value = map(value);
        }
    }

    public static IEnumerable<Node> Norms(Graph graph) => graph.Nodes.Where(n => n.Layer is BatchNorm);

    /// <summary>
    /// Trains a network for some hundred steps. The rate falls to zero, so that running averages catch up with the weights: at a constant
    /// rate they lag, and how much that costs differs with the width of the vectors.
    /// </summary>
    public Model Train(Graph graph, IDataset? data = null)
    {
        var model = Model.Create(graph, 3);
        using var trainer = new Trainer(
            model,
            data ?? Data.Train,
            new TrainingOptions
            {
                BatchSize = 64,
                LearningRate = new LinearDecay(0.2, Steps),
                Threads = 1,
            }
        );
        trainer.Run(Steps);
        return model;
    }

    public void Dispose()
    {
        FlatModel.Dispose();
        ConvolutionalModel.Dispose();
    }
}
