using System.Collections.Immutable;
using Evenkeel.Data.Formats;

namespace Evenkeel.Onnx.Tests.TestData;

/// <summary>
/// A small file of a kind that users met, with an input and what an interpreter in double precision, which agrees with ONNX Runtime,
/// made of it.
/// </summary>
internal sealed class FileCase(string name)
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "TestData", "cases");

    /// <summary>Cases that are imported; those without an expected output are refused.</summary>
    public static IEnumerable<string> Names =>
        Directory
            .GetDirectories(Root)
            .Where(d => File.Exists(Path.Combine(d, "expected.npy")))
            .Select(d => Path.GetFileName(d)!)
            .Order();

    public string ModelPath => PathOf("model.onnx");

    public NpyArray Input => NpyFile.Read(PathOf("input.npy"));

    public NpyArray Expected => NpyFile.Read(PathOf("expected.npy"));

    /// <summary>What the file's node computes where it is in training mode.</summary>
    public NpyArray ExpectedOfBatch => NpyFile.Read(PathOf("expected_batch.npy"));

    /// <summary>Open sizes are those of the input, and stored statistics are those of <see cref="Expected"/>.</summary>
    public OnnxImportOptions Options =>
        new()
        {
            Statistics = OnnxStatistics.Stored,
            InputShapes = OnnxModel
                .ReadInputs(ModelPath)
                .Where(i => i.IsOpen)
                .ToDictionary(i => i.Name, _ => Input.Dimensions.ToImmutableArray()),
        };

    /// <summary>A model's output in the file's order.</summary>
    public float[] Run(Model model)
    {
        Shape read = model.Graph.Input.Shape;
        using var predictor = new Predictor(model);
        float[] made = predictor.Predict(
            read.Dimensions.Length > 1 ? ChannelOrder.ToLast(Input.Values, read) : Input.Values
        );
        Shape output = model.Graph.Output.Shape;
        return output.Dimensions.Length > 1 ? ChannelOrder.ToFirst(made, output) : made;
    }

    /// <summary>The same with batch normalisation folded.</summary>
    public float[] RunFolded(Model model)
    {
        using Model folded = model.FoldBatchNorm();
        return Run(folded);
    }

    private string PathOf(string file) => Path.Combine(Root, name, file);
}
