namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Second bytes of markers, T.81 table B.1.</summary>
internal static class JpegMarker
{
    public const byte Temporary = 0x01;
    public const byte Baseline = 0xC0;
    public const byte Extended = 0xC1;
    public const byte Progressive = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte ArithmeticExtended = 0xC9;
    public const byte ArithmeticProgressive = 0xCA;
    public const byte ArithmeticConditioning = 0xCC;
    public const byte Restart = 0xD0;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte QuantizationTables = 0xDB;
    public const byte NumberOfLines = 0xDC;
    public const byte RestartInterval = 0xDD;
    public const byte Jfif = 0xE0;
    public const byte Exif = 0xE1;
    public const byte Adobe = 0xEE;
    public const byte LastApplication = 0xEF;
    public const byte Comment = 0xFE;

    /// <summary>Whether a frame begins: C0 to CF but for tables, what is reserved (C8) and conditioning.</summary>
    public static bool IsFrame(byte marker) =>
        marker is >= Baseline and <= 0xCF and not (HuffmanTables or 0xC8 or ArithmeticConditioning);

    /// <summary>Whether it may stand anywhere and says nothing about pixels.</summary>
    public static bool IsHarmless(byte marker) =>
        marker
            is Temporary
                or ArithmeticConditioning
                or NumberOfLines
                or Comment
                or (>= Restart and < StartOfImage)
                or (>= Jfif and <= LastApplication);
}
