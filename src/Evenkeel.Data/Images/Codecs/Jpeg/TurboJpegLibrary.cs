using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>The functions of libjpeg-turbo's TurboJPEG interface, versions 2.1 and 3, where the system has it.</summary>
internal sealed unsafe class TurboJpegLibrary
{
    private static readonly Lazy<TurboJpegLibrary?> Found = new(Find);

    private TurboJpegLibrary(nint library)
    {
        Init = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        Destroy = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
        ReadHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)
            NativeLibrary.GetExport(library, "tjDecompressHeader3");
        Decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)
            NativeLibrary.GetExport(library, "tjDecompress2");
        ErrorText = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
    }

    /// <summary>The library, opened once; null where it is not installed, or too old.</summary>
    public static TurboJpegLibrary? Installed => Found.Value;

    /// <summary>A new decoder.</summary>
    public delegate* unmanaged[Cdecl]<nint> Init { get; }

    /// <summary>Frees a decoder.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> Destroy { get; }

    /// <summary>Decoder, bytes, length, to width, height, subsampling, colour space.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int> ReadHeader { get; }

    /// <summary>Decoder, bytes, length, to pixels; width, bytes of a row, height, pixel format, flags.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int> Decompress { get; }

    /// <summary>What went wrong last.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*> ErrorText { get; }

    private static TurboJpegLibrary? Find()
    {
        ReadOnlySpan<string> names =
        [
            "libturbojpeg.so.0",
            "libturbojpeg.so",
            "turbojpeg.dll",
            "libturbojpeg.dylib",
            "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
            "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib",
        ];
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            try
            {
                return new TurboJpegLibrary(library);
            }
            catch (EntryPointNotFoundException)
            {
                // Too old.
            }
        }

        return null;
    }
}
