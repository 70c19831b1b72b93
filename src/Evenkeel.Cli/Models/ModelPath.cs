using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Models;

/// <summary>The file that a model argument stands for: the file itself, or the checkpoint of a run's folder.</summary>
internal static class ModelPath
{
    private const string SavedModel = "saved_model.pb";

    /// <summary>Finds the file.</summary>
    /// <param name="given">The argument.</param>
    /// <exception cref="UsageException">There is no such file or folder, or the folder holds no checkpoint.</exception>
    public static string Resolve(string given)
    {
        if (File.Exists(given))
            return given;
        if (!Directory.Exists(given))
            throw new UsageException($"{given}: the model file does not exist.");
        if (new RunFiles(given).Model is { } checkpoint)
            return checkpoint;
        throw new UsageException(
            File.Exists(Path.Combine(given, SavedModel))
                ? $"{given}: this is {FileWords.Name(FileKind.SavedModel)}. {ModelRemedy.Of(FileKind.SavedModel, Path.Combine(given, SavedModel))}"
                : $"{given}: this is a folder, but not a run with a checkpoint; name a model file in it."
        );
    }
}
