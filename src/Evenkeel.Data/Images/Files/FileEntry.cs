namespace Evenkeel.Data.Images.Files;

/// <summary>An image file of a class, somewhere.</summary>
/// <param name="Path">What it is called in messages.</param>
/// <param name="Label">Its class.</param>
/// <param name="Content">Its bytes, where they are in memory; else the path is read.</param>
/// <param name="Fault">Why it was not read, as the end of a sentence, where that is known already.</param>
internal readonly record struct FileEntry(string Path, int Label, byte[]? Content, string? Fault = null);
