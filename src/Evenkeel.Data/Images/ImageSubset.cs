namespace Evenkeel.Data.Images;

/// <summary>Some images of another source, perhaps under other labels; nothing is copied.</summary>
internal sealed class ImageSubset(
    IImageSource source,
    string name,
    int[] indices,
    int[] labels,
    IReadOnlyList<string> classNames
) : IImageSource
{
    public string Name => name;

    public int Count => indices.Length;

    public int Classes => ClassNames.Count;

    public IReadOnlyList<string> ClassNames { get; } = ImageChecks.Names(name, classNames);

    public int Label(int index)
    {
        ImageChecks.Index(this, index);
        return labels[index];
    }

    public string Describe(int index)
    {
        ImageChecks.Index(this, index);
        return source.Describe(indices[index]);
    }

    public void Read(int index, ImageBuffer image, int shorterSide = 0)
    {
        ImageChecks.Index(this, index);
        source.Read(indices[index], image, shorterSide);
    }
}
