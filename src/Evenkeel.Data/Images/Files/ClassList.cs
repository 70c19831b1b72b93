namespace Evenkeel.Data.Images.Files;

/// <summary>Files by split and class, as folders or an archive give them, made into two sources of the same classes.</summary>
internal static class ClassList
{
    /// <summary>The split to train on.</summary>
    public const string Train = "train";

    /// <summary>Splits to judge by; the first that is there is taken.</summary>
    public static IReadOnlyList<string> Tests { get; } = ["test", "val", "validation"];

    /// <summary>Whether a name is that of an image file that is meant to be read.</summary>
    public static bool IsImageName(string name) =>
        !name.StartsWith('.') && Path.GetExtension(name).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG";

    /// <summary>Makes the sources.</summary>
    /// <param name="root">The folder or archive, for messages.</param>
    /// <param name="files">Split, class, path and content of all files.</param>
    /// <param name="options">How they are read.</param>
    /// <exception cref="DataFormatException">The splits or classes are not as expected.</exception>
    public static ImageSplit Split(string root, IReadOnlyList<SplitFile> files, ImageReadOptions options)
    {
        string test =
            Tests.FirstOrDefault(t => files.Any(f => f.Split == t))
            ?? throw new DataFormatException(
                $"{root}: expected images in train/<class>/ and test/<class>/ (or val/<class>/), but there are no test "
                    + "images; arrange the files in that layout."
            );
        string[] classes = Classes(root, files, Train);
        string[] testClasses = Classes(root, files, test);
        string? odd = testClasses.Except(classes).Concat(classes.Except(testClasses)).FirstOrDefault();
        if (odd is not null)
        {
            throw new DataFormatException(
                $"{root}: expected the same classes in {Train}/ and {test}/, but {odd} is in only one of them; add or remove it."
            );
        }

        return new ImageSplit(
            Source(root, files, Train, classes, options),
            Source(root, files, test, classes, options)
        );
    }

    /// <summary>Makes one source.</summary>
    /// <param name="root">The folder or archive, for messages.</param>
    /// <param name="files">Split, class, path and content of all files.</param>
    /// <param name="split">Which split of them.</param>
    /// <param name="options">How they are read.</param>
    public static EncodedImages One(
        string root,
        IReadOnlyList<SplitFile> files,
        string split,
        ImageReadOptions options
    ) => Source(root, files, split, Classes(root, files, split), options);

    /// <summary>Names of the classes of a split, in order.</summary>
    /// <exception cref="DataFormatException">There are fewer than two.</exception>
    public static string[] Classes(string root, IReadOnlyList<SplitFile> files, string split)
    {
        string[] classes =
        [
            .. files.Where(f => f.Split == split).Select(f => f.Class).Distinct().Order(StringComparer.Ordinal),
        ];
        if (classes.Length >= 2)
            return classes;
        string found = classes.Length == 0 ? "no folder with images" : $"only the class {classes[0]}";
        string place = split.Length == 0 ? "" : $"{split}/";
        throw new DataFormatException(
            $"{root}: expected two or more folders of .jpg, .jpeg or .png files, {place}<class>/, but found {found}; arrange the "
                + "files in that layout."
        );
    }

    private static EncodedImages Source(
        string root,
        IReadOnlyList<SplitFile> files,
        string split,
        string[] classes,
        ImageReadOptions options
    )
    {
        FileEntry[] entries =
        [
            .. files
                .Where(f => f.Split == split)
                .OrderBy(f => f.Class, StringComparer.Ordinal)
                .ThenBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => new FileEntry(
                    f.Path,
                    Array.BinarySearch(classes, f.Class, StringComparer.Ordinal),
                    f.Content,
                    f.Fault
                )),
        ];
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(root));
        return new EncodedImages(split.Length == 0 ? name : $"{name} {split}", entries, classes, options);
    }
}
