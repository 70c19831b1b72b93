using Evenkeel.Serialization;

namespace Evenkeel;

/// <summary>Models from files, where one looks for them.</summary>
public static class ModelLoading
{
    extension(Model)
    {
        /// <summary>Reads a model that <see cref="ModelFile.Save(Model, string)"/> wrote, or a checkpoint.</summary>
        /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
        /// <exception cref="ModelFileException">The file holds no network, or tensors that do not fit it.</exception>
        public static Model Load(string path) => ModelFile.Load(path);

        /// <summary>Reads a model from a stream, from where it stands to its end.</summary>
        /// <param name="stream">Readable; it stays the caller's.</param>
        public static Model Load(Stream stream) => ModelFile.Load(stream);

        /// <summary>Reads tensors for a network that the file does not hold, such as a state file of PyTorch's.</summary>
        /// <param name="path">The file; names as of <see cref="ModelFile.LoadInto"/>.</param>
        /// <param name="network">The network.</param>
        public static Model Load(string path, Graph network) => ModelFile.Load(path, network);
    }
}
