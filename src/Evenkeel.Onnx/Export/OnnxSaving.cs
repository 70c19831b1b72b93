using Evenkeel.Onnx;

namespace Evenkeel;

/// <summary>Models to ONNX files, where one looks for it.</summary>
public static class OnnxSaving
{
    /// <summary>Writes a model as an ONNX file, reads it back, runs both and says how far they are apart.</summary>
    /// <param name="model">Left as it is.</param>
    /// <param name="path">File to create or replace as a whole.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <exception cref="OnnxException">The model cannot be written so; the message names the layer and the remedy.</exception>
    /// <exception cref="IOException">The file cannot be written; the old one is left as it was.</exception>
    public static OnnxExportResult SaveOnnx(this Model model, string path, OnnxExportOptions? options = null) =>
        OnnxExport.Save(model, path, options);
}
