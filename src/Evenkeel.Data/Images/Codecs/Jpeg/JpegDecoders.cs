namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Makes decoders of JPEG files.</summary>
internal static class JpegDecoders
{
    private const string Managed = "managed";

    /// <summary>The decoder that is asked for.</summary>
    public static IJpegDecoder Make(DecoderChoice choice) =>
        Library(choice) is { } library ? new TurboJpegDecoder(library) : new ManagedJpegDecoder();

    /// <summary>What it is called.</summary>
    public static string Name(DecoderChoice choice) => Library(choice) is null ? Managed : "libjpeg-turbo";

    private static TurboJpegLibrary? Library(DecoderChoice choice) =>
        choice == DecoderChoice.Fastest ? TurboJpegLibrary.Installed : null;
}
