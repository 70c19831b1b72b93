using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;

namespace Evenkeel.Onnx.Tests;

/// <summary>Networks with parameters and statistics that differ from their first values everywhere.</summary>
internal static class Samples
{
    public static Graph Graph(string name) =>
        name switch
        {
            "mnist" => MnistNetwork.Create(batchNorm: true),
            "vgg" => Vgg.Create(
                [
                    [6],
                    [8, 10],
                ],
                size: 8
            ),
            "resnet" => CifarResNet.Create(1, size: 16, channels: 4),
            "inception" => BnInception.Create(
                new BnInceptionOptions
                {
                    Size = 32,
                    Stem = InceptionStem.Small,
                    Classes = 10,
                    Width = 0.125,
                    Dropout = 0.4f,
                    LocalResponseNorm = true,
                }
            ),
            "lines" => Network
                .Input(33, 5)
                .Add(new Conv1d(8, new AxisWindow(5) { Stride = 2, Before = 2 }))
                .BatchNorm()
                .Relu()
                .Add(new MaxPool1d(new AxisWindow(3) { Stride = 2, After = 1 }))
                .Add(new Conv1d(8, new AxisWindow(3) { Before = 2 }, Bias: false) { Groups = 4 })
                .BatchNorm()
                .Add(new AveragePool1d(new AxisWindow(2) { Before = 1 }))
                .Flatten()
                .Linear(4)
                .BatchNorm()
                .Build(),
            "volumes" => Network
                .Input(6, 9, 8, 3)
                .Add(new Conv3d(8, new AxisWindow(3) { Before = 1, After = 1 }, Window.Square(3, 2, 1)))
                .BatchNorm()
                .Relu()
                .Add(new MaxPool3d(new AxisWindow(2) { Stride = 2 }, Window.Square(2, 1, 1)))
                .Add(new Conv3d(8, new AxisWindow(2) { After = 1 }, new Window(2, 3), Bias: false) { Groups = 2 })
                .BatchNorm()
                .Add(new AveragePool3d(new AxisWindow(2) { Before = 1 }, Window.Square(2)))
                .GlobalAveragePool()
                .Linear(4)
                .Build(),
            _ => throw new ArgumentException(name),
        };

    /// <summary>A model of moderate values: variances near 1, so that folding loses nothing.</summary>
    public static Model Model(Graph graph)
    {
        Model model = Evenkeel.Model.Create(graph, 11);
        var random = new Random(5);
        foreach (NamedTensor tensor in model.Layout.Tensors.Select(p => p.Tensor))
        {
            if (tensor.Spec.Type != ElementType.Float32 || tensor.Spec.Role == TensorRole.Weight)
                continue;
            bool positive =
                tensor.Spec.Name == "running_var"
                || graph[tensor.Node].Layer is BatchNorm && tensor.Spec.Name == "weight";
            foreach (ref float value in model.Floats(tensor.Name))
                // A covariance stays one.
                value =
                    tensor.Spec.Name == "running_cov"
                        ? value + (float)(0.05 * random.NextDouble())
                        : (float)((positive ? 0.8 : -0.2) + (0.4 * random.NextDouble()));
        }

        return model;
    }
}
