using Evenkeel.Data.Images;

namespace Evenkeel.Data.Tests.Images;

/// <summary>Images of reproducible noise; the label of image i is i modulo the classes.</summary>
internal static class RandomImages
{
    public static MemoryImages Of(int count, int height, int width, int classes = 3)
    {
        byte[] pixels = new byte[count * height * width * 3];
        new Random(7).NextBytes(pixels);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        return new MemoryImages("noise", pixels, labels, height, width, Names(classes));
    }

    public static string[] Names(int classes) => [.. Enumerable.Range(0, classes).Select(i => $"class {i}")];

    public static ImageBuffer Buffer(int height, int width)
    {
        var buffer = new ImageBuffer();
        buffer.Resize(height, width);
        new Random(height * 1000 + width).NextBytes(buffer.Pixels);
        return buffer;
    }
}
