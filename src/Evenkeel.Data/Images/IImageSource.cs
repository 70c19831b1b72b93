namespace Evenkeel.Data.Images;

/// <summary>
/// Labelled colour images of any sizes, 8 bits per channel. Reading is thread-safe and, once buffers have grown, allocates
/// nothing but what opening a file takes.
/// </summary>
public interface IImageSource
{
    /// <summary>What the images are, for messages and reports.</summary>
    string Name { get; }

    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>Number of classes; labels are 0 to <see cref="Classes"/> - 1.</summary>
    int Classes { get; }

    /// <summary>Names of the classes, by label.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of an image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the source.</exception>
    int Label(int index);

    /// <summary>What an image is called in messages, such as its file's path.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the source.</exception>
    string Describe(int index);

    /// <summary>Reads an image into a buffer, which takes its size.</summary>
    /// <param name="index">The image, 0 to <see cref="Count"/> - 1.</param>
    /// <param name="image">Overwritten.</param>
    /// <param name="shorterSide">
    /// An image whose shorter side has at least this many pixels is enough, where scaling it down saves time; the answer
    /// is a function of this and the index alone. 0 for the full size.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the source.</exception>
    /// <exception cref="DataFormatException">The image cannot be read; the message names it.</exception>
    void Read(int index, ImageBuffer image, int shorterSide = 0);
}
