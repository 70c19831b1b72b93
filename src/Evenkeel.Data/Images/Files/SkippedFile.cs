namespace Evenkeel.Data.Images.Files;

/// <summary>A file that was left out.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Why, as the end of a sentence.</param>
public sealed record SkippedFile(string Path, string Reason);
