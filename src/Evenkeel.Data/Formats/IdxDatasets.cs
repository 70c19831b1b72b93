namespace Evenkeel.Data.Formats;

/// <summary>Joins an IDX file of images and one of labels into a data set.</summary>
public static class IdxDatasets
{
    /// <summary>Reads both files.</summary>
    /// <param name="name">Name of the data, for messages.</param>
    /// <param name="imagesPath">IDX file [count, height, width], plain or gzip.</param>
    /// <param name="labelsPath">IDX file [count], plain or gzip.</param>
    /// <param name="classes">Number of classes, 1 to 256.</param>
    /// <param name="encoding">Which value a pixel stands for.</param>
    /// <param name="limits">How much a gzip file may unpack to; null for the defaults.</param>
    /// <returns>The images as vectors of shape [height * width].</returns>
    /// <exception cref="DataFormatException">A file is missing or damaged, the counts differ, or a label is out of range.</exception>
    public static InMemoryDataset Read(
        string name,
        string imagesPath,
        string labelsPath,
        int classes,
        PixelEncoding encoding,
        UnpackLimits? limits = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 256);
        IdxData labels = IdxReader.Read(labelsPath, 1, limits);
        int wrong = labels.Bytes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        if (wrong >= 0)
        {
            throw new DataFormatException(
                $"{labelsPath}: label {wrong} is {labels.Bytes[wrong]}, but {name} has the classes 0 to {classes - 1}; "
                    + "the file is damaged or belongs to other data."
            );
        }

        IdxData images = IdxReader.Read(imagesPath, 3, limits);
        if (images.Dimensions[0] != labels.Dimensions[0])
        {
            throw new DataFormatException(
                $"{imagesPath}: {images.Dimensions[0]} images, but {labelsPath} holds {labels.Dimensions[0]} labels; "
                    + "use the two files of one part of the data."
            );
        }

        int pixels = images.Dimensions[1] * images.Dimensions[2];
        return new InMemoryDataset(name, images.Bytes, labels.Bytes, [pixels], classes, encoding);
    }
}
