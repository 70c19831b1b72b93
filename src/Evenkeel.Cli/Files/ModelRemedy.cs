using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Files;

/// <summary>What to do with a file that was given in a model's place.</summary>
internal static class ModelRemedy
{
    private const string AsArrays = "arrays are given with --data or --input";
    private const string AsImages = "images are given with --data or --input";

    /// <summary>What to do with one of this kind; one sentence or more.</summary>
    public static string Of(FileKind kind, string path) =>
        kind switch
        {
            FileKind.Empty => "Writing it failed; create or download it again.",
            FileKind.Npy or FileKind.Npz => $"Give the model here; {AsArrays}.",
            FileKind.Jpeg or FileKind.Png or FileKind.OtherImage => $"Give the model here; {AsImages}.",
            FileKind.Gzip or FileKind.Packed or FileKind.Tar or FileKind.Zip =>
                $"Unpack it ({Unpacking(kind, path)}) and give the .onnx or .safetensors file in it.",
            FileKind.PyTorch => PyTorch(path),
            FileKind.TorchScript =>
                $"Export it in Python: torch.onnx.export(torch.jit.load({PythonText(Name(path))}).eval(), example_input, {PythonText(Other(path, ".onnx"))}).",
            FileKind.Keras => TensorFlow("--keras", path),
            FileKind.TfLite => TensorFlow("--tflite", path),
            FileKind.SavedModel => TensorFlow(
                "--saved-model",
                Path.GetDirectoryName(path) is { Length: > 0 } f ? f : "."
            ),
            FileKind.TensorFlowGraph => TensorFlow("--graphdef", path)
                + " (with --inputs and --outputs); an ONNX file begins otherwise.",
            FileKind.Idx => "Give the model here; a folder of MNIST's four files is given with --data.",
            FileKind.WebPage => "The download is a web page; download the file itself.",
            FileKind.Xml => "OpenVINO models cannot be read; give the .onnx file that the model was made from.",
            FileKind.LfsPointer => "Download the file itself: git lfs pull.",
            FileKind.Json =>
                "Give a configuration to 'evenkeel train', or with --network for a file with tensors only.",
            _ => "A model is an .onnx file, or a .safetensors file.",
        };

    private static string PyTorch(string path) =>
        "Reading a pickle may run any code in it, so convert it in Python: "
        + $"torch.onnx.export(model.eval(), example_input, {PythonText(Other(path, ".onnx"))}) for the network with its weights, or "
        + $"safetensors.torch.save_file(torch.load({PythonText(Name(path))}, weights_only=True), {PythonText(Other(path, ".safetensors"))}) for the tensors alone; "
        + "then name the network with --network.";

    private static string TensorFlow(string option, string path) =>
        $"Convert it: python -m tf2onnx.convert {option} {ShellWord.Quote(path)} --output {ShellWord.Quote(Other(path, ".onnx"))}";

    private static string Unpacking(FileKind kind, string path) =>
        kind switch
        {
            FileKind.Gzip => $"gunzip -k {ShellWord.Quote(path)}",
            FileKind.Tar => $"tar -xf {ShellWord.Quote(path)}",
            FileKind.Zip => $"unzip {ShellWord.Quote(path)}",
            _ => "bunzip2, xz -d, zstd -d or 7z x",
        };

    // Code to copy: a name that holds a quotation mark must not end the text and go on as code. Python spells what cannot be seen as JSON does.
    private static string PythonText(string name) =>
        CleanText.Of(
            $"'{name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'"
        );

    private static string Name(string path) => Path.GetFileName(path);

    private static string Other(string path, string extension) =>
        Path.ChangeExtension(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), extension)
            is { Length: > 0 } name
        && name != extension
            ? name
            : $"model{extension}";
}
