namespace Evenkeel.Runs.Files;

/// <summary>What a file is by its content, whatever its name says.</summary>
internal enum FileKind
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Tensors with a JSON header.</summary>
    SafeTensors,

    /// <summary>A network in ONNX's protobuf.</summary>
    Onnx,

    /// <summary>One NumPy array.</summary>
    Npy,

    /// <summary>NumPy arrays by name, zipped.</summary>
    Npz,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>An image of a kind that is not read.</summary>
    OtherImage,

    /// <summary>An archive of files, not packed.</summary>
    Tar,

    /// <summary>Packed by gzip: a single file or a .tar.gz.</summary>
    Gzip,

    /// <summary>Packed by bzip2, xz, zstd or 7z.</summary>
    Packed,

    /// <summary>Zipped files of no kind below.</summary>
    Zip,

    /// <summary>What torch.save writes: zipped pickles, or one pickle in old versions.</summary>
    PyTorch,

    /// <summary>What torch.jit.save writes.</summary>
    TorchScript,

    /// <summary>HDF5 or Keras' own zip.</summary>
    Keras,

    /// <summary>TensorFlow Lite.</summary>
    TfLite,

    /// <summary>TensorFlow's saved_model.pb.</summary>
    SavedModel,

    /// <summary>TensorFlow's frozen graph.</summary>
    TensorFlowGraph,

    /// <summary>MNIST's format.</summary>
    Idx,

    /// <summary>HTML.</summary>
    WebPage,

    /// <summary>XML, such as OpenVINO's.</summary>
    Xml,

    /// <summary>A pointer in the place of a large file.</summary>
    LfsPointer,

    /// <summary>JSON, such as a configuration.</summary>
    Json,

    /// <summary>Other text.</summary>
    Text,
}
