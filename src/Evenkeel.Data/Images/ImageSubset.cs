namespace Evenkeel.Data.Images;

/// <summary>Some images of another source, perhaps under other labels; nothing is copied.</summary>
internal sealed class ImageSubset : IImageSource
{
    private readonly IImageSource _source;
    private readonly int[] _indices;
    private readonly int[] _labels;

    public ImageSubset(IImageSource source, string name, int[] indices, int[] labels, IReadOnlyList<string> classNames)
    {
        (_source, Name, _indices, _labels) = (source, name, indices, labels);
        ClassNames = ImageChecks.Names(name, classNames);
    }

    public string Name { get; }

    public int Count => _indices.Length;

    public int Classes => ClassNames.Count;

    public IReadOnlyList<string> ClassNames { get; }

    public int Label(int index)
    {
        ImageChecks.Index(this, index);
        return _labels[index];
    }

    public string Describe(int index)
    {
        ImageChecks.Index(this, index);
        return _source.Describe(_indices[index]);
    }

    public void Read(int index, ImageBuffer image, int shorterSide = 0)
    {
        ImageChecks.Index(this, index);
        _source.Read(_indices[index], image, shorterSide);
    }
}
