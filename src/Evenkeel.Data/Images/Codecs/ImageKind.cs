namespace Evenkeel.Data.Images.Codecs;

/// <summary>How a file's image is encoded.</summary>
internal enum ImageKind
{
    Jpeg,
    Png,
}
