using Evenkeel.Configuration;
using Evenkeel.Runs.Files;

namespace Evenkeel.Runs;

/// <summary>The weights that a configuration lets a new model begin with.</summary>
internal static class InitialWeights
{
    /// <summary>Reads the configured ones, of a run the best, and tells what that assumed; nothing where none are configured.</summary>
    public static void Load(Model model, RunConfig config, RunHost host)
    {
        if (config.Init is not { } given)
            return;
        string file = FileOf(given);
        ModelFile.LoadInto(model, file);
        // What was assumed holds for the file; the model that is trained from it gets values of its own.
        using Model read = ModelFile.Load(file, model.Graph);
        foreach (string note in read.Notes)
            host.Note(note);
    }

    // What is of no kind that is known is left to the reader, which says best what is wrong with it.
    private static string FileOf(string given)
    {
        if (!Path.Exists(given))
            throw new ConfigurationException($"init: the file {given} does not exist.");
        string file = !Directory.Exists(given)
            ? given
            : new RunFiles(given).Model
                ?? throw new ConfigurationException(
                    $"init: {given}: this is a folder, but not a run with a checkpoint; name a model file in it."
                );
        return FileSignature.Of(file) switch
        {
            FileKind.SafeTensors or FileKind.Unknown => file,
            FileKind.Onnx => throw new ConfigurationException(
                $"init: {file} is an ONNX file; initial weights are a .safetensors file; save it as one."
            ),
            var kind => throw new InvalidDataException(
                $"{file}: this is {FileWords.Name(kind)}; initial weights are a .safetensors file."
            ),
        };
    }
}
