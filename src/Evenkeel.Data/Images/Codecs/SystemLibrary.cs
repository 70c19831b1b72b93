using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>Opens a library of the system that only some data needs.</summary>
internal static class SystemLibrary
{
    /// <summary>The first library that can be opened.</summary>
    /// <param name="format">The image format it reads, for the message.</param>
    /// <param name="remedy">What to install, for the message.</param>
    /// <param name="names">Names to try, in order.</param>
    /// <exception cref="DataUnavailableException">None can be opened.</exception>
    public static nint Open(string format, string remedy, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
                return library;
        }

        throw new DataUnavailableException(
            $"{format} images cannot be read, because the system lacks {names[0]}; install {remedy}."
        );
    }

    /// <summary>A function of a library.</summary>
    /// <exception cref="DataUnavailableException">The library has no such function.</exception>
    public static nint Function(nint library, string name) =>
        NativeLibrary.TryGetExport(library, name, out nint function)
            ? function
            : throw new DataUnavailableException(
                $"The system's image library has no function {name}; install a newer version of it."
            );
}
