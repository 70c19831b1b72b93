namespace Evenkeel.Data.Images.Cifar;

/// <summary>
/// CIFAR-10 and CIFAR-100 in their binary form: 32 x 32 pixels, a label (CIFAR-100: a coarse and a fine one) before the
/// red, the green and the blue plane of each image.
/// </summary>
public static class CifarBinary
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int ImageLength = ImageBuffer.Channels * Plane;
    private const string Test10 = "test_batch.bin";
    private const string Train100 = "train.bin";
    private const int LongestNames = 1 << 16;

    /// <summary>Reads a folder of the published files, or one that holds their folder.</summary>
    /// <param name="folder">Where data_batch_1.bin to data_batch_5.bin and test_batch.bin, or train.bin and test.bin, are.</param>
    /// <exception cref="DataFormatException">A file is missing or not what it should be; the message names it.</exception>
    public static ImageSplit Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (string place, CifarVariant variant) = Find(folder);
        return variant == CifarVariant.Cifar10 ? Load10(place) : Load100(place);
    }

    /// <summary>Counts the classes of the data set in a folder.</summary>
    internal static int CountClasses(string folder) => Find(folder).Variant == CifarVariant.Cifar10 ? 10 : 100;

    /// <summary>Whether a folder is one of the published files, or holds their folder.</summary>
    public static bool IsIn(string folder) =>
        Places(folder).Any(p => File.Exists(Path.Combine(p, Test10)) || File.Exists(Path.Combine(p, Train100)));

    private static string[] Places(string folder) =>
        [folder, Path.Combine(folder, "cifar-10-batches-bin"), Path.Combine(folder, "cifar-100-binary")];

    /// <summary>Reads files one after another.</summary>
    /// <param name="name">What the images are, for messages.</param>
    /// <param name="variant">Which data set.</param>
    /// <param name="classNames">10 or 100 names.</param>
    /// <param name="files">Paths of .bin files.</param>
    /// <exception cref="DataFormatException">A file is missing or not what it should be; the message names it.</exception>
    public static MemoryImages Read(
        string name,
        CifarVariant variant,
        IReadOnlyList<string> classNames,
        params IReadOnlyList<string> files
    )
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(files);
        if (variant is < CifarVariant.Cifar10 or > CifarVariant.Cifar100)
            throw new ArgumentOutOfRangeException(nameof(variant), variant, "The variant is unknown.");
        int labelBytes = variant == CifarVariant.Cifar10 ? 1 : 2;
        int record = labelBytes + ImageLength;
        long[] counts = [.. files.Select(f => ReadFault.Guard(f, () => CountOf(f, record)))];
        if (counts.Sum() > Array.MaxLength / ImageLength)
            throw new DataFormatException(
                $"{files[0]}: {counts.Sum()} images of {name} are more than an array holds; the published files have 10,000 or 50,000."
            );
        byte[] pixels = GC.AllocateUninitializedArray<byte>((int)counts.Sum() * ImageLength);
        int[] labels = new int[counts.Sum()];
        int image = 0;
        foreach (string file in files)
            image += ReadFault.Guard(
                file,
                () => Read(file, labelBytes, labels.AsSpan(image), pixels.AsSpan(image * ImageLength))
            );
        int wrong = Array.FindIndex(labels, label => label >= classNames.Count);
        return wrong < 0
            ? new MemoryImages(name, pixels, labels, Side, Side, classNames)
            : throw Misfit(files, counts, wrong, labels[wrong], classNames.Count);
    }

    private static int Read(string file, int labelBytes, Span<int> labels, Span<byte> pixels)
    {
        byte[] record = new byte[labelBytes + ImageLength];
        using FileStream stream = RegularFile.Open(file, 1 << 16);
        int image = 0;
        for (; image < labels.Length && stream.ReadAtLeast(record, record.Length, false) == record.Length; image++)
        {
            labels[image] = record[labelBytes - 1];
            Interleave(record.AsSpan(labelBytes), pixels[(image * ImageLength)..]);
        }

        return image;
    }

    private static DataFormatException Misfit(
        IReadOnlyList<string> files,
        long[] counts,
        long image,
        int label,
        int classes
    )
    {
        int file = 0;
        for (; image >= counts[file]; file++)
            image -= counts[file];
        return new DataFormatException(
            $"{files[file]}: expected labels below {classes}, but record {image} has {label}; it is another variant or damaged."
        );
    }

    private static (string Place, CifarVariant Variant) Find(string folder)
    {
        foreach (string place in Places(folder))
        {
            if (File.Exists(Path.Combine(place, Test10)))
                return (place, CifarVariant.Cifar10);
            if (File.Exists(Path.Combine(place, Train100)))
                return (place, CifarVariant.Cifar100);
        }

        throw new DataFormatException(
            $"{folder}: expected CIFAR-10's data_batch_1.bin to data_batch_5.bin and test_batch.bin, or CIFAR-100's train.bin "
                + "and test.bin, but neither is there; unpack the binary version here."
        );
    }

    private static ImageSplit Load10(string folder)
    {
        IReadOnlyList<string> names = NamesIn(folder, "batches.meta.txt", CifarNames.Ten);
        string[] train = [.. Enumerable.Range(1, 5).Select(i => Path.Combine(folder, $"data_batch_{i}.bin"))];
        return new ImageSplit(
            Read("CIFAR-10 train", CifarVariant.Cifar10, names, train),
            Read("CIFAR-10 test", CifarVariant.Cifar10, names, Path.Combine(folder, "test_batch.bin"))
        );
    }

    private static ImageSplit Load100(string folder)
    {
        string[] numbers = [.. Enumerable.Range(0, 100).Select(i => $"class {i}")];
        IReadOnlyList<string> names = NamesIn(folder, "fine_label_names.txt", numbers);
        return new ImageSplit(
            Read("CIFAR-100 train", CifarVariant.Cifar100, names, Path.Combine(folder, "train.bin")),
            Read("CIFAR-100 test", CifarVariant.Cifar100, names, Path.Combine(folder, "test.bin"))
        );
    }

    private static IReadOnlyList<string> NamesIn(string folder, string file, IReadOnlyList<string> defaultValue)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
            return defaultValue;
        string[] lines = ReadFault.Guard(path, () => LinesOf(path));
        return lines.Length == defaultValue.Count
            ? lines
            : throw new DataFormatException(
                $"{path}: expected {defaultValue.Count} names, one on each line, but there are {lines.Length}; restore or remove it."
            );
    }

    private static string[] LinesOf(string path)
    {
        using FileStream file = RegularFile.Open(path);
        if (file.Length > LongestNames)
            throw new InvalidDataException($"its {file.Length} bytes are more than names of classes take");
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static long CountOf(string file, int record)
    {
        RegularFile.Require(file);
        var info = new FileInfo(file);
        if (!info.Exists)
        {
            throw new DataFormatException(
                $"{file}: the file is missing; unpack the binary version of the data set there."
            );
        }

        return info.Length > 0 && info.Length % record == 0
            ? info.Length / record
            : throw new DataFormatException(
                $"{file}: expected whole records of {record} bytes, but the file has {info.Length}; it is cut short or another "
                    + "variant: unpack it again."
            );
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (int i = 0; i < Plane; i++)
        {
            Span<byte> pixel = pixels.Slice(i * ImageBuffer.Channels, ImageBuffer.Channels);
            (pixel[0], pixel[1], pixel[2]) = (planes[i], planes[Plane + i], planes[(2 * Plane) + i]);
        }
    }
}
