using Evenkeel.Networks;
using Evenkeel.Onnx;

namespace Evenkeel.Bench;

/// <summary>BN-Inception as ONNX, batch normalisation folded.</summary>
internal static class FoldedInception
{
    /// <summary>Writes it to a folder and returns its path.</summary>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, "bn-inception.onnx");
        using var model = Model.Create(BnInception.Create(), 1);
        OnnxExport.Save(model, path, new OnnxExportOptions { BatchNorm = BatchNormExport.Fold });
        return path;
    }
}
