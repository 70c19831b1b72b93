using System.Globalization;
using System.Text.RegularExpressions;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Messages;
using Evenkeel.Onnx.Tests.Recurrent;
using Evenkeel.Planning;

namespace Evenkeel.Onnx.Tests.TestData;

/// <summary>How a case went.</summary>
internal enum Verdict
{
    Matches,
    Differs,
    NotImported,
}

/// <summary>What came of one case: its largest difference relative to max(1, |expected|), or why it is not imported.</summary>
internal sealed record Outcome(string Name, Verdict Verdict, double Difference, string Reason);

/// <summary>A model with inputs and expected outputs, as ONNX publishes them for testing back ends.</summary>
internal static class BackendCase
{
    /// <summary>Runs a folder with a model and its first set of data.</summary>
    /// <param name="folder">Folder of <c>model.onnx</c> and <c>test_data_set_0</c>.</param>
    /// <param name="tolerance">Largest difference relative to max(1, |expected|).</param>
    public static Outcome Run(string folder, double tolerance)
    {
        string name = Path.GetFileName(folder),
            file = Path.Combine(folder, "model.onnx");
        try
        {
            ModelProto proto = ModelReader.Read(file, new OnnxImportOptions());
            ConstantTensor input = BindInputs(proto, folder);
            if (!File.Exists(Data(folder, "output_0.pb")))
                return new Outcome(name, Verdict.NotImported, 0, "no expected output");
            ConstantTensor expected = Tensor(Data(folder, "output_0.pb"));
            using OnnxModel model = OnnxModel.Import(
                proto,
                file,
                null,
                new OnnxImportOptions { Output = proto.Graph.Output[0].Name }
            );
            int[] dimensions = [.. input.Dimensions.Select(d => (int)d)];
            int batchAxis = OnnxInput.Of(proto.Graph.Input[0], proto.Graph).BatchAxis;
            float[] found = Compute(model, BatchOrder.ToFront(input.Floats, dimensions, batchAxis), expected.Rank);
            int[] made = [.. expected.Dimensions.Select(d => (int)d)];
            return Compare(name, expected.Floats, BatchOrder.FromFront(found, made, BatchAxisOf(model)), tolerance);
        }
        catch (OnnxException e)
        {
            return new Outcome(name, Verdict.NotImported, 0, e.Message[(e.Message.IndexOf('\n') + 1)..]);
        }
        catch (UnsupportedException e)
        {
            return new Outcome(name, Verdict.NotImported, 0, e.Message);
        }
    }

    /// <summary>A tensor file.</summary>
    public static ConstantTensor Tensor(string path)
    {
        var tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(path));
        // NumPy has no bfloat16: the cases keep its bits as whole numbers.
        if (tensor.DataType == (int)TensorType.UInt16)
            tensor.DataType = (int)TensorType.BFloat16;
        return TensorReader.Read(tensor, null);
    }

    public static string Data(string folder, string file) => Path.Combine(folder, "test_data_set_0", file);

    /// <summary>Makes all inputs but the first constants, as networks have one input, and returns the first.</summary>
    public static ConstantTensor BindInputs(ModelProto proto, string folder)
    {
        var known = proto.Graph.Initializer.Select(t => t.Name).ToHashSet();
        ValueInfoProto[] inputs = [.. proto.Graph.Input.Where(i => !known.Contains(i.Name))];
        for (int i = 1; i < inputs.Length; i++)
        {
            TensorProto tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(Data(folder, $"input_{i}.pb")));
            tensor.Name = inputs[i].Name;
            proto.Graph.Initializer.Add(tensor);
        }

        return inputs.Length > 0 && File.Exists(Data(folder, "input_0.pb"))
            ? Tensor(Data(folder, "input_0.pb"))
            : throw new OnnxException("The case has no input.");
    }

    /// <summary>The output in the file's order.</summary>
    public static float[] Compute(OnnxModel model, float[] input, int outputRank)
    {
        Shape read = model.Model.Graph.Input.Shape,
            made = model.Model.Graph.Output.Shape;
        float[] last = read.Dimensions.Length > 1 ? ChannelOrder.ToLast(input, read) : input;
        using var device = Device.Cpu(1);
        int batch = Math.Max(1, input.Length / read.Count);
        var plan = ExecutionPlan.Build(model.Model.Graph, new PlanOptions(PlanMode.Inference, batch));
        using var executor = new Executor(plan, model.Model, device);
        executor.Forward(last);
        float[] output =
            model.Model.Graph.OutputName == model.Model.Graph.Input.Name ? last : executor.Output.ToArray();
        return outputRank > 2 ? ChannelOrder.ToFirst(output, made) : output;
    }

    // Where the file has the batch of the output; the model has it in front, and notes that.
    private static int BatchAxisOf(OnnxModel model) =>
        model
            .Notes.Select(n => Regex.Match(n, $"^The output '.*' has its batch in dimension ([0-9]+)"))
            .Where(m => m.Success)
            .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))
            .SingleOrDefault();

    private static Outcome Compare(string name, float[] expected, float[] found, double tolerance)
    {
        if (expected.Length != found.Length)
            return new Outcome(name, Verdict.Differs, double.PositiveInfinity, $"{found.Length} values");
        double worst = 0;
        for (int i = 0; i < found.Length; i++)
        {
            double difference = Math.Abs((double)found[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]));
            if (found[i].Equals(expected[i]))
                difference = 0;
            if (!(difference <= worst))
                worst = difference;
        }

        return new Outcome(name, worst <= tolerance ? Verdict.Matches : Verdict.Differs, worst, "");
    }
}
