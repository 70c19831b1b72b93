using System.IO.Compression;

namespace Evenkeel.Data.Formats;

/// <summary>Opens zip files whose list of contents is not made to fill memory: an entry takes ten times as much of it as of the file.</summary>
public static class ZipDirectory
{
    /// <summary>Reads the list of contents.</summary>
    /// <param name="file">The file, which stays the caller's to close.</param>
    /// <param name="limits">How long the list may be; null for the defaults.</param>
    /// <exception cref="InvalidDataException">It is damaged, or longer than the limit.</exception>
    public static ZipArchive Open(FileStream file, UnpackLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var metered = new MeteredStream(file, (limits ?? UnpackLimits.Default).MaxDirectoryBytes);
        var zip = new ZipArchive(metered, ZipArchiveMode.Read);
        try
        {
            // Read at the first look at them.
            _ = zip.Entries;
        }
        catch
        {
            zip.Dispose();
            throw;
        }

        metered.Release();
        return zip;
    }
}
