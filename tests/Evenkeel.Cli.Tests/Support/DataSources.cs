using System.Formats.Tar;
using System.IO.Compression;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>One of each kind of data that verbs take, small, of two classes: images of 8 x 6 pixels, or digits.</summary>
internal static class DataSources
{
    public const int Height = 8;
    public const int Width = 6;
    private const int Each = 3;

    /// <summary>Kinds whose examples are images of any size.</summary>
    public static string[] Images { get; } =
    ["image", "flat folder", "classes", "split", "tar", "tar.gz", "cifar", "shapes"];

    /// <summary>Kinds that say what their examples' classes are.</summary>
    public static string[] Labelled { get; } =
    ["classes", "split", "tar", "tar.gz", "cifar", "shapes", "npz", "digits", "mnist files"];

    /// <summary>All kinds.</summary>
    public static string[] All { get; } = [.. Images, "npy", "npz", "digits", "mnist files"];

    /// <summary>Writes data of a kind.</summary>
    /// <returns>What to give for <c>--data</c>.</returns>
    public static string Create(Workspace work, string kind) =>
        kind switch
        {
            "image" => PngFile.Write(work.File("one.png"), 2 * Height, 2 * Width),
            "flat folder" => Classes(work.File("flat"), [""]),
            "classes" => Classes(work.File("classes"), ["cat", "dog"]),
            "split" => Split(work.File("split")),
            "tar" => Tar(work, "images.tar"),
            "tar.gz" => Tar(work, "images.tar.gz"),
            "cifar" => Cifar(work.File("cifar")),
            "npy" => Npy(work.File("x.npy")),
            "npz" => Npz(work.File("x.npz")),
            "mnist files" => MnistFolder.Create(work.File("mnist")),
            _ => kind,
        };

    private static string Classes(string folder, string[] classes)
    {
        for (int i = 0; i < Each * classes.Length; i++)
            PngFile.Write(Path.Combine(folder, classes[i % classes.Length], $"{i}.png"), Height + i, Width + i, i);
        return folder;
    }

    private static string Split(string folder)
    {
        Classes(Path.Combine(folder, "train"), ["cat", "dog"]);
        Classes(Path.Combine(folder, "test"), ["cat", "dog"]);
        return folder;
    }

    private static string Tar(Workspace work, string name)
    {
        string folder = Split(work.File("packed", "split"));
        using FileStream file = File.Create(work.File(name));
        if (!name.EndsWith(".gz", StringComparison.Ordinal))
        {
            TarFile.CreateFromDirectory(folder, file, includeBaseDirectory: true);
            return file.Name;
        }

        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        TarFile.CreateFromDirectory(folder, gzip, includeBaseDirectory: true);
        return file.Name;
    }

    private static string Cifar(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (
            string name in (string[])
                ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]
        )
        {
            byte[] records = new byte[2 * 3073];
            for (int i = 0; i < records.Length; i++)
                records[i] = (byte)(i % 3073 == 0 ? i / 3073 : i * 7 % 253);
            File.WriteAllBytes(Path.Combine(folder, $"{name}.bin"), records);
        }

        return folder;
    }

    private static string Npy(string path)
    {
        using FileStream file = File.Create(path);
        WriteArray(file);
        return path;
    }

    private static string Npz(string path)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        using (Stream inputs = archive.CreateEntry("input.npy").Open())
            WriteArray(inputs);
        using Stream labels = archive.CreateEntry("labels.npy").Open();
        NpyFile.Write(labels, [4], [0, 1, 0, 1]);
        return path;
    }

    private static void WriteArray(Stream stream) =>
        NpyFile.Write(
            stream,
            [4, 3, Height, Width],
            [.. Enumerable.Range(0, 4 * 3 * Height * Width).Select(i => MathF.Sin(i * i))]
        );
}
