using Evenkeel.Cli.Terminal;
using Evenkeel.Graphs;

namespace Evenkeel.Cli.Models;

/// <summary>What is given for a model's input: <c>NAME=FILE</c> or <c>FILE</c>.</summary>
internal static class NamedInput
{
    /// <summary>The file, after the name was held against the model's.</summary>
    /// <exception cref="UsageException">There is no such input.</exception>
    public static string FileOf(string argument, string input)
    {
        (string? name, string file) = Split(argument);
        return name is null || name == input
            ? file
            : throw new UsageException($"--input: the model has no input '{name}'; its input is '{input}'.");
    }

    /// <summary>The name, if one is given, and the file.</summary>
    public static (string? Name, string File) Split(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 || Path.Exists(argument) ? (null, argument) : (argument[..equals], argument[(equals + 1)..]);
    }

    /// <summary>Reads an array from a .npy or .npz file and holds its shape against the model's.</summary>
    /// <returns>The batch's values, channels last.</returns>
    /// <exception cref="UsageException">The array is of another shape.</exception>
    public static float[] ReadArray(string file, string input, Shape shape, FileLayout layout)
    {
        using var arrays = new InputArrays(file, input);
        return arrays.Values(shape, layout);
    }
}
