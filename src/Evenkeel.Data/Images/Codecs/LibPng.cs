using System.Runtime.InteropServices;
using System.Text;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>
/// Decodes PNG files by libpng's simplified interface. Grey becomes red, green and blue, 16 bits become 8, and what is
/// transparent lies on black.
/// </summary>
internal sealed unsafe class LibPng
{
    private const uint Version = 1;
    private const uint FormatRgb = 2;
    private const uint SixteenBitsAreSrgb = 4;

    private const string Remedy =
        "libpng 1.6 (Debian, Ubuntu: apt install libpng16-16 or libpng16-16t64; macOS: brew install libpng; "
        + "Windows: libpng16.dll on the PATH)";

    private static readonly Lock Gate = new();
    private static LibPng? _instance;

    private readonly delegate* unmanaged[Cdecl]<PngImage*, byte*, nuint, int> _begin;
    private readonly delegate* unmanaged[Cdecl]<PngImage*, byte*, byte*, int, void*, int> _finish;
    private readonly delegate* unmanaged[Cdecl]<PngImage*, void> _free;

    private LibPng()
    {
        nint library = SystemLibrary.Open(
            "PNG",
            Remedy,
            "libpng16.so.16",
            "libpng16.so",
            "libpng16.dll",
            "libpng16.16.dylib",
            "/opt/homebrew/lib/libpng16.dylib",
            "/usr/local/lib/libpng16.dylib"
        );
        _begin = (delegate* unmanaged[Cdecl]<PngImage*, byte*, nuint, int>)
            SystemLibrary.Function(library, "png_image_begin_read_from_memory");
        _finish = (delegate* unmanaged[Cdecl]<PngImage*, byte*, byte*, int, void*, int>)
            SystemLibrary.Function(library, "png_image_finish_read");
        _free = (delegate* unmanaged[Cdecl]<PngImage*, void>)SystemLibrary.Function(library, "png_image_free");
    }

    /// <summary>The library, opened once.</summary>
    /// <exception cref="DataUnavailableException">It is not installed.</exception>
    public static LibPng Instance
    {
        get
        {
            lock (Gate)
                return _instance ??= new LibPng();
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Which sizes are decoded.</param>
    /// <param name="image">Overwritten.</param>
    /// <param name="reason">Else why it cannot be decoded.</param>
    public bool TryDecode(ReadOnlySpan<byte> bytes, ImageLimits limits, ImageBuffer image, out string reason)
    {
        reason = "";
        var png = new PngImage { Version = Version };
        byte* black = stackalloc byte[ImageBuffer.Channels];
        new Span<byte>(black, ImageBuffer.Channels).Clear();
        bool done = false;
        fixed (byte* source = bytes)
        {
            if (_begin(&png, source, (nuint)bytes.Length) != 0 && limits.AllowSize(png.Width, png.Height, out reason))
            {
                png.Format = FormatRgb;
                png.Flags |= SixteenBitsAreSrgb;
                image.Resize((int)png.Height, (int)png.Width);
                fixed (byte* pixels = image.Pixels)
                    done = _finish(&png, black, pixels, 0, null) != 0;
            }
        }

        if (!done && reason.Length == 0)
            reason = Message(&png);
        _free(&png);
        return done;
    }

    private static string Message(PngImage* png)
    {
        var text = new ReadOnlySpan<byte>(png->Message, PngImage.MessageLength);
        int end = text.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? text : text[..end]);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PngImage
    {
        public const int MessageLength = 64;

        public nint Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColormapEntries;
        public uint WarningOrError;
        public fixed byte Message[MessageLength];
    }
}
