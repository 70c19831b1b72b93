using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Formats;
using Evenkeel.Graphs;

namespace Evenkeel.Cli.Models;

/// <summary>What is given for a model's input: <c>NAME=FILE</c> or <c>FILE</c>.</summary>
internal static class NamedInput
{
    private const string Labels = "labels";

    // Whole numbers up to here are exact in float32.
    private const int MostClasses = 1 << 24;

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
    public static float[] ReadArray(string file, string input, Shape shape, BorderLayout layout) =>
        Values(file, Open(file, input), input, shape, layout);

    /// <summary>The arrays of a file by their names; the one of a .npy file has the input's.</summary>
    public static IReadOnlyDictionary<string, NpyArray> Open(string file, string input) =>
        FileSignature.Of(file) == FileKind.Npz
            ? NpyFile.ReadArchive(file)
            : new Dictionary<string, NpyArray> { [input] = NpyFile.Read(file) };

    /// <summary>What <see cref="ReadArray"/> reads, of arrays that are read already.</summary>
    public static float[] Values(
        string file,
        IReadOnlyDictionary<string, NpyArray> arrays,
        string input,
        Shape shape,
        BorderLayout layout
    )
    {
        NpyArray array = Named(file, arrays, input);
        IReadOnlyList<int> example = layout.Dimensions(shape);
        bool batch = array.Dimensions.Skip(1).SequenceEqual(example) && array.Dimensions.Count == example.Count + 1;
        if (!batch && !array.Dimensions.SequenceEqual(example))
        {
            throw new UsageException(
                $"{file}: the array is [{string.Join(", ", array.Dimensions)}], but the input '{input}' takes [N, {string.Join(", ", example)}] for any N."
            );
        }

        return layout.ToInside(array.Values, shape);
    }

    /// <summary>The classes in the array <c>labels</c>, one per example; null where there is none.</summary>
    /// <exception cref="UsageException">A value is not a whole number.</exception>
    public static int[]? Classes(string file, IReadOnlyDictionary<string, NpyArray> arrays, string input)
    {
        if (input == Labels || !arrays.TryGetValue(Labels, out NpyArray? array))
            return null;
        int[] labels = new int[array.Values.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            float value = array.Values[i];
            labels[i] =
                Math.Abs(value) < MostClasses && value == Math.Truncate(value)
                    ? (int)value
                    : throw new UsageException(
                        FormattableString.Invariant(
                            $"{file}: label {i} is {value}; the array '{Labels}' holds one class per example, 0 and up."
                        )
                    );
        }

        return labels;
    }

    /// <summary>The array for an input: that of its name, or the only one.</summary>
    public static NpyArray Named(string file, IReadOnlyDictionary<string, NpyArray> arrays, string input)
    {
        if (arrays.TryGetValue(input, out NpyArray? named))
            return named;
        string[] others = [.. arrays.Keys.Where(k => k != Labels)];
        return others is [var only]
            ? arrays[only]
            : throw new UsageException(
                $"{file}: it has no array '{input}', but {string.Join(", ", arrays.Keys.Select(k => $"'{k}'"))}; name one as the input."
            );
    }
}
