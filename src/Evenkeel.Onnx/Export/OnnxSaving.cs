using Evenkeel.Onnx;

namespace Evenkeel;

/// <summary>Saves models as ONNX files.</summary>
public static class OnnxSaving
{
    /// <summary>Writes a model as an ONNX file, reads it back, runs both models and returns the difference of their outputs.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="path">File to create or replace as a whole.</param>
    /// <param name="options">Options of the export; null for the defaults.</param>
    /// <exception cref="OnnxException">
    /// The model cannot be exported with these options; the message names the layer and the remedy.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is not changed.</exception>
    public static OnnxExportResult SaveOnnx(this Model model, string path, OnnxExportOptions? options = null) =>
        OnnxExport.Save(model, path, options);
}
