using System.CommandLine;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Models;

/// <summary>The file that a verb writes a model to.</summary>
internal sealed class ModelOutput
{
    private readonly Option<string> _out;

    private readonly Option<bool> _force;

    /// <summary>An option <c>--out</c>.</summary>
    /// <param name="what">What is written.</param>
    /// <param name="alsoForced">What else <c>--force</c> overrules, as the rest of a sentence.</param>
    public ModelOutput(string what, string alsoForced = "")
    {
        _out = new Option<string>("--out") { Description = $"{what}: a .onnx or .safetensors file", Required = true };
        _force = new Option<bool>("--force")
        {
            Description = $"Write even if that replaces the model's own file{alsoForced}",
        };
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_out);
        command.Options.Add(_force);
    }

    /// <summary>Whether the user insists.</summary>
    public bool IsForced(ParseResult parse) => parse.GetValue(_force);

    /// <summary>The file, checked before anything is read or computed.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="model">The model's own file.</param>
    /// <exception cref="UsageException">Its name says no format, it is a folder, or it is the model's own file.</exception>
    public string Path(ParseResult parse, string model)
    {
        string path = parse.GetValue(_out)!;
        if (ModelFormats.Named(path) is null)
            throw new UsageException(
                $"--out: '{path}' must end in .onnx or .safetensors, the two formats that can be written."
            );
        OutputPlace.RequireFile("--out", path);
        if (!IsForced(parse) && IsSame(path, model))
            throw new UsageException(
                $"--out: '{path}' is the model's own file; name another one, or replace it with --force."
            );
        return path;
    }

    private static bool IsSame(string first, string second) =>
        string.Equals(Real(first), Real(second), StringComparison.Ordinal);

    private static string Real(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target
            ? target.FullName
            : System.IO.Path.GetFullPath(path);
}
