using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Names that would clear the screen, ring, turn text around and forge a line, in all the places that have names.</summary>
internal static class Hostile
{
    /// <summary>What a forged line says.</summary>
    public const string Forged = "evenkeel: all is well";

    /// <summary>The part of a name.</summary>
    public const string Name =
        $"\n{Forged}\r{Forged}\u001b[2J\u0007\b\u007f\u009b2K\u0085{Forged}\u202e\u2066\u2028\u200b";

    private const int Examples = 64;

    /// <summary>A classifier of three numbers, with class names.</summary>
    public static string Model(Workspace work, string extension)
    {
        Graph graph = Network
            .Input(3)
            .Linear(4, name: "hidden" + Name)
            .BatchNorm(name: "norm" + Name)
            .Relu()
            .Linear(2, name: "logits" + Name)
            .Build();
        using var model = Evenkeel.Model.Create(graph, 1);
        string path = work.File($"model{Name}{extension}");
        var notes = new Dictionary<string, string>
        {
            ["run.classes"] = JsonSerializer.Serialize(new[] { "cat" + Name, "dog" + Name }),
        };
        if (extension == ".onnx")
            OnnxExport.Save(model, path, new OnnxExportOptions { Metadata = notes });
        else
            ModelFile.Save(model, path, notes);
        return path;
    }

    /// <summary>Sixty-four examples of three numbers in an archive, the array named as given, and their classes.</summary>
    public static string Arrays(Workspace work, params string[] names)
    {
        string path = work.File($"data{Name}{names.Length}.npz");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (string name in names)
        {
            using Stream entry = archive.CreateEntry(name + ".npy").Open();
            if (name == "labels")
                NpyFile.Write(entry, [Examples], [.. Enumerable.Range(0, Examples).Select(i => (float)(i % 2))]);
            else
                NpyFile.Write(
                    entry,
                    [Examples, 3],
                    [.. Enumerable.Range(0, 3 * Examples).Select(i => MathF.Sin(i * i))]
                );
        }

        return path;
    }

    /// <summary>A folder of small images in two classes.</summary>
    public static string Images(Workspace work)
    {
        string folder = work.File("images" + Name);
        foreach (string split in (string[])["train", "test"])
        {
            for (int i = 0; i < 8; i++)
                PngFile.Write(Path.Combine(folder, split, (i % 2) + "class" + Name, $"{i}{Name}.png"), 16, 16, i);
        }

        return folder;
    }

    /// <summary>Fails where something is written that cannot be seen, or a line that the tool did not begin.</summary>
    public static void RequireHarmless(params string[] texts)
    {
        foreach (string text in texts)
        {
            for (int i = 0; i < text.Length; i++)
            {
                UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(text, i);
                bool unseen =
                    category
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator;
                Assert.False(unseen && text[i] != '\n', $"U+{(int)text[i]:X4} at {i} of: {text}");
            }

            Assert.DoesNotContain(
                text.Split('\n'),
                line => line.TrimStart().StartsWith(Forged, StringComparison.Ordinal)
            );
        }
    }
}
