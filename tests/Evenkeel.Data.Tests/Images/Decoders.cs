using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Codecs;
using Evenkeel.Data.Images.Codecs.Jpeg;

namespace Evenkeel.Data.Tests.Images;

/// <summary>The decoders under test: the managed one everywhere, libjpeg-turbo where it is installed.</summary>
internal static class Decoders
{
    public static ImageDecoder Of(DecoderChoice choice, ImageLimits? limits = null)
    {
        Need(choice);
        return new ImageDecoder(limits ?? new ImageLimits(), choice);
    }

    /// <summary>Skips the test where the fastest decoder is not libjpeg-turbo.</summary>
    public static void Need(DecoderChoice choice)
    {
        if (choice == DecoderChoice.Fastest && TurboJpegLibrary.Installed is null)
            Assert.Skip("libjpeg-turbo is not installed (Debian, Ubuntu: apt install libturbojpeg0).");
    }
}
