using Evenkeel.Onnx;

namespace Evenkeel;

/// <summary>Models from ONNX files, where one looks for them.</summary>
public static class OnnxLoading
{
    extension(Model)
    {
        /// <summary>Reads the network and the weights of an ONNX file; <see cref="OnnxModel.Load(string, OnnxImportOptions)"/> says more of it.</summary>
        /// <param name="path">The file; weights in external files are looked for in its folder and nowhere else.</param>
        /// <param name="options">What to import, and limits; null for the defaults.</param>
        /// <exception cref="OnnxException">
        /// The file is damaged or exceeds a limit, or has nodes that cannot be imported, all of which are listed.
        /// </exception>
        public static Model LoadOnnx(string path, OnnxImportOptions? options = null) =>
            OnnxModel.Load(path, options).Model;
    }
}
