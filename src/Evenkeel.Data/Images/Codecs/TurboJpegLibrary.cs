using System.Runtime.InteropServices;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>The functions of libjpeg-turbo's TurboJPEG interface, versions 2.1 and 3.</summary>
internal sealed unsafe class TurboJpegLibrary
{
    private const string Remedy =
        "libjpeg-turbo (Debian, Ubuntu: apt install libturbojpeg0 or libturbojpeg; macOS: brew install jpeg-turbo; "
        + "Windows: turbojpeg.dll on the PATH)";

    private static readonly Lock Gate = new();
    private static TurboJpegLibrary? _instance;

    private TurboJpegLibrary()
    {
        nint library = SystemLibrary.Open(
            "JPEG",
            Remedy,
            "libturbojpeg.so.0",
            "libturbojpeg.so",
            "turbojpeg.dll",
            "libturbojpeg.dylib",
            "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
            "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib"
        );
        Init = (delegate* unmanaged[Cdecl]<nint>)SystemLibrary.Function(library, "tjInitDecompress");
        Destroy = (delegate* unmanaged[Cdecl]<nint, int>)SystemLibrary.Function(library, "tjDestroy");
        ReadHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)
            SystemLibrary.Function(library, "tjDecompressHeader3");
        Decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)
            SystemLibrary.Function(library, "tjDecompress2");
        ErrorText = (delegate* unmanaged[Cdecl]<nint, byte*>)SystemLibrary.Function(library, "tjGetErrorStr2");
    }

    /// <summary>The library, opened once.</summary>
    /// <exception cref="DataUnavailableException">It is not installed.</exception>
    public static TurboJpegLibrary Instance
    {
        get
        {
            lock (Gate)
                return _instance ??= new TurboJpegLibrary();
        }
    }

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
}
