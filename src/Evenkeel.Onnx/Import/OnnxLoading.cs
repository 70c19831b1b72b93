using Evenkeel.Onnx;

namespace Evenkeel;

/// <summary>Loads models from ONNX files.</summary>
public static class OnnxLoading
{
    extension(Model)
    {
        /// <summary>
        /// Reads the network and the weights of an ONNX file; <see cref="OnnxModel.Load(string, OnnxImportOptions)"/> also returns names and
        /// metadata.
        /// </summary>
        /// <param name="path">The file; external files with weights are read only from its folder.</param>
        /// <param name="options">What to import, and limits; null for the defaults.</param>
        /// <exception cref="OnnxException">
        /// The file is damaged, exceeds a limit, or has nodes that cannot be imported; the message lists all of them.
        /// </exception>
        public static Model LoadOnnx(string path, OnnxImportOptions? options = null) =>
            OnnxModel.Load(path, options).Model;
    }
}
