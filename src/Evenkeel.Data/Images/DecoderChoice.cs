namespace Evenkeel.Data.Images;

/// <summary>Which decoder reads JPEG files; PNG files have one only.</summary>
public enum DecoderChoice
{
    /// <summary>The system's libjpeg-turbo where it is installed, else the managed one.</summary>
    Fastest,

    /// <summary>
    /// The managed one, which gives the same pixels on every machine. Those of libjpeg-turbo are the same so far as its versions compute alike.
    /// </summary>
    Managed,
}
