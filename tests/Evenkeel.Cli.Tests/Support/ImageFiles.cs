namespace Evenkeel.Cli.Tests.Support;

/// <summary>A folder of JPEG files of 24 x 16 pixels in two classes, to be damaged.</summary>
internal static class ImageFiles
{
    /// <summary>A network for shapes of 16 x 16 that is small enough to train within a test.</summary>
    public const string Small = """
        {
          "network": {"name": "resnet", "depth": 8, "width": 2},
          "data": {
            "type": "images", "source": "shapes", "size": 16, "classes": 6, "trainCount": 96, "testCount": 40,
            "augment": {"crop": "pad", "pad": 2, "mirror": true, "distortion": 0.5}
          },
          "batchSize": 16,
          "steps": 12,
          "optimizer": {"type": "nesterov", "learningRate": {"type": "linear", "rate": 0.1, "totalSteps": 12}},
          "logEvery": 1,
          "evaluateEvery": 4,
          "checkpointEvery": 4,
          "histogramEvery": 6,
          "threads": 1
        }
        """;

    /// <summary>Makes train and test folders with the classes given, of <paramref name="count"/> images each.</summary>
    public static string Create(string folder, int count, params string[] classes)
    {
        foreach (string split in new[] { "train", "test" })
        {
            for (int i = 0; i < count * classes.Length; i++)
                Write(folder, $"{split}/{classes[i % classes.Length]}/{i:000}.jpg", Jpeg);
        }

        return folder;
    }

    /// <summary>A whole image of 24 x 16 pixels.</summary>
    public static byte[] Jpeg => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "color.jpg"));

    public static void Write(string folder, string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
