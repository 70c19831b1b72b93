namespace Evenkeel.Data.Images.Files;

/// <summary>A file as found, before classes have numbers.</summary>
internal readonly record struct SplitFile(
    string Split,
    string Class,
    string Path,
    byte[]? Content,
    string? Fault = null
);
