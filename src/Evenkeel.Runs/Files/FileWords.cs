namespace Evenkeel.Runs.Files;

/// <summary>What a file is, in words.</summary>
internal static class FileWords
{
    /// <summary>What a file of this kind is called.</summary>
    public static string Name(FileKind kind) =>
        kind switch
        {
            FileKind.Empty => "an empty file",
            FileKind.SafeTensors => "a safetensors file",
            FileKind.Onnx => "an ONNX file",
            FileKind.Npy => "a NumPy array",
            FileKind.Npz => "an archive of NumPy arrays",
            FileKind.Jpeg => "a JPEG image",
            FileKind.Png => "a PNG image",
            FileKind.OtherImage => "an image, neither JPEG nor PNG",
            FileKind.Tar => "a tar archive",
            FileKind.Gzip => "a gzip file",
            FileKind.Packed => "a compressed file",
            FileKind.Zip => "a zip archive",
            FileKind.PyTorch => "a Python pickle, as PyTorch's torch.save writes it",
            FileKind.TorchScript => "a TorchScript file of PyTorch",
            FileKind.Keras => "an HDF5 or Keras file",
            FileKind.TfLite => "a TensorFlow Lite model",
            FileKind.SavedModel => "TensorFlow's SavedModel",
            FileKind.TensorFlowGraph => "probably a frozen TensorFlow graph",
            FileKind.Idx => "a file in MNIST's format",
            FileKind.WebPage => "a web page",
            FileKind.Xml => "an XML file",
            FileKind.LfsPointer => "a Git LFS pointer, not the file itself",
            FileKind.Json => "a JSON file",
            FileKind.Text => "a text file",
            _ => "a file of unknown format",
        };
}
