using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Cifar;

public sealed class CifarBinaryTests
{
    private const int Plane = 1024;

    // Image i: red i, green x + y, blue 200 - i; the label is i modulo the classes.
    private static byte[] Records(int count, int labelBytes, int classes)
    {
        using var bytes = new MemoryStream();
        for (int i = 0; i < count; i++)
        {
            if (labelBytes == 2)
                bytes.WriteByte(99);
            bytes.WriteByte((byte)(i % classes));
            for (int p = 0; p < 3 * Plane; p++)
                bytes.WriteByte(
                    (byte)(
                        p < Plane ? i
                        : p < 2 * Plane ? (p % 32) + (p % Plane / 32)
                        : 200 - i
                    )
                );
        }

        return bytes.ToArray();
    }

    [Fact]
    public void Reads_cifar_10()
    {
        using var folder = new TempFolder();
        for (int i = 1; i <= 5; i++)
            folder.Write($"cifar-10-batches-bin/data_batch_{i}.bin", Records(4, 1, 10));
        folder.Write("cifar-10-batches-bin/test_batch.bin", Records(12, 1, 10));
        ImageSplit split = ImageData.Load(folder.Root);
        Assert.Equal((20, 12), (split.Train.Count, split.Test.Count));
        Assert.Equal("frog", split.Train.ClassNames[6]);
        var image = new ImageBuffer();
        split.Train.Read(7, image);
        Assert.Equal((32, 32, 3), (image.Height, image.Width, split.Train.Label(7)));
        Assert.Equal([3, 5 + 9, 197], image.Row(9).Slice(15, 3).ToArray());
    }

    [Fact]
    public void Reads_the_fine_labels_of_cifar_100()
    {
        using var folder = new TempFolder();
        folder.Write("train.bin", Records(101, 2, 100));
        folder.Write("test.bin", Records(3, 2, 100));
        folder.Write(
            "fine_label_names.txt",
            [.. Enumerable.Range(0, 100).SelectMany(i => $"n{i}\n".Select(c => (byte)c))]
        );
        ImageSplit split = CifarBinary.Load(folder.Root);
        Assert.Equal((101, 3, "n42"), (split.Train.Count, split.Test.Count, split.Train.ClassNames[42]));
        Assert.Equal([99, 0], new[] { split.Train.Label(99), split.Train.Label(100) });
    }

    [Fact]
    public void Explains_what_is_wrong()
    {
        using var folder = new TempFolder();
        Assert.Contains("expected CIFAR-10's data_batch_1.bin", Refused(folder.Root), StringComparison.Ordinal);
        folder.Write("test_batch.bin", Records(1, 1, 10));
        Assert.Contains("data_batch_1.bin: the file is missing", Refused(folder.Root), StringComparison.Ordinal);
        for (int i = 1; i <= 5; i++)
            folder.Write($"data_batch_{i}.bin", Records(2, 1, 10));
        folder.Write("data_batch_3.bin", Records(2, 1, 10)[..^1]);
        Assert.Contains(
            "data_batch_3.bin: expected whole records of 3073",
            Refused(folder.Root),
            StringComparison.Ordinal
        );
        byte[] odd = Records(2, 1, 10);
        odd[3073] = 10;
        folder.Write("data_batch_3.bin", odd);
        Assert.Contains("but record 1 has 10", Refused(folder.Root), StringComparison.Ordinal);
        folder.Write("data_batch_3.bin", []);
        Refused(folder.Root);
        folder.Write("data_batch_3.bin", Records(2, 1, 10));
        folder.Write("batches.meta.txt", "only\ntwo\n"u8.ToArray());
        Assert.Contains("expected 10 names", Refused(folder.Root), StringComparison.Ordinal);
    }

    private static string Refused(string folder) =>
        Assert.Throws<DataFormatException>(() => CifarBinary.Load(folder)).Message;
}
