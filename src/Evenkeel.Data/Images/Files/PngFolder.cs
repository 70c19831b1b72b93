using System.Globalization;
using Evenkeel.Data.Images.Codecs.Png;

namespace Evenkeel.Data.Images.Files;

/// <summary>Writes images as a folder of PNG files for each class.</summary>
internal static class PngFolder
{
    /// <summary>Writes folder/class/number.png.</summary>
    /// <exception cref="ArgumentException">The name of a class is not a valid folder name.</exception>
    public static void Write(IImageSource source, string folder)
    {
        string[] folders = [.. source.ClassNames.Select(name => Path.Combine(folder, FolderName(name)))];
        foreach (string path in folders)
            Directory.CreateDirectory(path);
        // As many digits for each, so that the order of names is that of the images.
        string format = $"D{(source.Count - 1).ToString(CultureInfo.InvariantCulture).Length}";
        var image = new ImageBuffer();
        for (int i = 0; i < source.Count; i++)
        {
            source.Read(i, image);
            string name = i.ToString(format, CultureInfo.InvariantCulture);
            using FileStream file = File.Create(Path.Combine(folders[source.Label(i)], $"{name}.png"));
            PngEncoder.Write(file, image);
        }
    }

    private static string FolderName(string name) =>
        name is not ("" or "." or "..") && name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) < 0
            ? name
            : throw new ArgumentException($"The class '{name}' cannot be the name of a folder; give it another name.");
}
