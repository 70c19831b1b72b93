using System.Buffers.Binary;
using System.IO.Compression;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Four small files in MNIST's form.</summary>
internal static class MnistFolder
{
    public const string TrainImages = "train-images-idx3-ubyte.gz";
    public const string TrainLabels = "train-labels-idx1-ubyte.gz";
    private const string TestImages = "t10k-images-idx3-ubyte.gz";
    private const string TestLabels = "t10k-labels-idx1-ubyte.gz";

    public static string Create(string folder, int trainLabels = 40, byte firstLabel = 0, int trainImages = 40)
    {
        Directory.CreateDirectory(folder);
        byte[] labels = Labels(trainLabels);
        labels[8] = firstLabel;
        Write(folder, TrainImages, Images(trainImages));
        Write(folder, TrainLabels, labels);
        Write(folder, TestImages, Images(20));
        Write(folder, TestLabels, Labels(20));
        return folder;
    }

    /// <summary>Writes generated digits.</summary>
    public static void Create(string folder, IDataset train, IDataset test)
    {
        Directory.CreateDirectory(folder);
        foreach (
            (IDataset data, string images, string labels) in (ReadOnlySpan<(IDataset, string, string)>)
                [(train, TrainImages, TrainLabels), (test, TestImages, TestLabels)]
        )
        {
            (byte[] pixels, byte[] classes) = (Images(data.Count), Labels(data.Count));
            float[] values = new float[data.InputLength];
            int[] label = new int[1];
            for (int i = 0; i < data.Count; i++)
            {
                data.Read([i], values, label);
                for (int j = 0; j < values.Length; j++)
                    pixels[16 + (i * values.Length) + j] = (byte)MathF.Round(255 * values[j]);
                classes[8 + i] = (byte)label[0];
            }

            Write(folder, images, pixels);
            Write(folder, labels, classes);
        }
    }

    private static byte[] Images(int count)
    {
        byte[] file = new byte[16 + (count * 784)];
        Header(file, 3, count, 28, 28);
        for (int i = 16; i < file.Length; i++)
            file[i] = (byte)(i * 7 % 251);
        return file;
    }

    private static byte[] Labels(int count)
    {
        byte[] file = new byte[8 + count];
        Header(file, 1, count);
        for (int i = 0; i < count; i++)
            file[8 + i] = (byte)(i % 10);
        return file;
    }

    private static void Header(byte[] file, byte rank, params int[] dimensions)
    {
        file[2] = 8;
        file[3] = rank;
        for (int i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), dimensions[i]);
    }

    private static void Write(string folder, string name, byte[] content)
    {
        using FileStream file = File.Create(Path.Combine(folder, name));
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        gzip.Write(content);
    }
}
