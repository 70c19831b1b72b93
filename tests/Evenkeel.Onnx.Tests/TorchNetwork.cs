using Evenkeel.Data.Formats;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Onnx.Tests;

/// <summary>A network exported by PyTorch with an input and what PyTorch made of it in double (tests/golden/make_onnx_golden.py).</summary>
internal sealed class TorchNetwork(string name)
{
    // Float32 through up to 21 layers against double; outputs are below 1, of one network below 3. PyTorch's own float32 is as far.
    public const double Tolerance = 2e-6;

    public static TheoryData<string> Names =>
        [
            "resnet18",
            "mobilenet_v2",
            "bn_inception",
            "mlp",
            "densenet",
            "shufflenet_v2",
            "squeezenet",
            "vgg_bn",
            "gated",
            "decoder",
            "activations",
            "recurrent",
        ];

    /// <summary>Whether it has batch normalisation.</summary>
    public bool IsNormalized => name != "squeezenet";

    /// <summary>Batch normalisations that cannot be folded: DenseNet's read a concatenation and go into a rectifier.</summary>
    public int Stays => name == "densenet" ? 8 : 0;

    public string ModelPath => PathOf(".onnx");

    public static string InputPath => Path.Combine(AppContext.BaseDirectory, "golden", "x.npy");

    public NpyArray Expected => NpyFile.Read(PathOf(".y.npy"));

    /// <summary>Largest difference from PyTorch of the network as it is, and of what a predictor makes of it.</summary>
    public double Difference(Model model)
    {
        float[] inputs = ChannelOrder.ToLast(NpyFile.Read(InputPath).Values, model.Graph.Input.Shape);
        using var device = Device.Cpu(1);
        using var executor = new Executor(
            ExecutionPlan.Build(
                model.Graph,
                new PlanOptions(PlanMode.Inference, inputs.Length / model.Graph.Input.Shape.Count)
            ),
            model,
            device
        );
        executor.Forward(inputs);
        using var predictor = new Predictor(model);
        Shape output = model.Graph.Output.Shape;
        return Math.Max(
            Difference(ChannelOrder.ToFirst(executor.Output.ToArray(), output)),
            Difference(ChannelOrder.ToFirst(predictor.Predict(inputs), output))
        );
    }

    /// <summary>Largest difference of values from PyTorch's.</summary>
    public double Difference(float[] outputs)
    {
        float[] expected = Expected.Values;
        Assert.Equal(expected.Length, outputs.Length);
        return expected.Zip(outputs).Max(p => Math.Abs((double)p.First - p.Second));
    }

    private string PathOf(string ending) => Path.Combine(AppContext.BaseDirectory, "golden", name + ending);
}
