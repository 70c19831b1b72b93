using Evenkeel.Serialization;

namespace Evenkeel;

/// <summary>Loads models from files.</summary>
public static class ModelLoading
{
    extension(Model)
    {
        /// <summary>Reads a model that <see cref="ModelFile.Save(Model, string)"/> wrote, or a checkpoint.</summary>
        /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
        /// <exception cref="ModelFileException">The file contains no network, or its tensors do not fit the network.</exception>
        public static Model Load(string path) => ModelFile.Load(path);

        /// <summary>Reads a model from a stream, from its current position to its end.</summary>
        /// <param name="stream">A readable stream, which is left open.</param>
        public static Model Load(Stream stream) => ModelFile.Load(stream);

        /// <summary>Reads tensors for a network that the file does not contain, such as a PyTorch state file.</summary>
        /// <param name="path">The file; for tensor names see <see cref="ModelFile.LoadInto"/>.</param>
        /// <param name="network">The network.</param>
        public static Model Load(string path, Graph network) => ModelFile.Load(path, network);
    }
}
