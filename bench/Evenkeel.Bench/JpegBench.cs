using System.Diagnostics;
using System.Globalization;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;

namespace Evenkeel.Bench;

/// <summary>The managed decoder of JPEG files beside libjpeg-turbo: time an image, on one thread, and how far pixels are apart.</summary>
internal static class JpegBench
{
    public static void Run(TextWriter output, int rounds, string path)
    {
        if (path.Length == 0)
        {
            output.WriteLine(
                "Name images by --images: a folder with train/<class>/ and test/<class>/, or a .tar.gz file of one."
            );
            return;
        }

        EncodedImages managed = Open(path, DecoderChoice.Managed),
            fastest = Open(path, DecoderChoice.Fastest);
        output.WriteLine("| decoder | images | microseconds an image | over the first |");
        output.WriteLine("|---|---|---|---|");
        double[] times = Medians([managed, fastest], rounds);
        foreach ((EncodedImages images, double time) in ((EncodedImages[])[managed, fastest]).Zip(times))
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {images.JpegDecoder} | {images.Count} | {time * 1e6 / images.Count:F1} | {time / times[0]:F2} |"
                )
            );
        (int most, double mean) = Differences(managed, fastest);
        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Values of 0 to 255 differ by {most} at most, by {mean:G3} on average."
            )
        );
    }

    private static EncodedImages Open(string path, DecoderChoice decoder)
    {
        var options = new ImageReadOptions { Decoder = decoder };
        ImageSplit split = Directory.Exists(path) ? ImageFolder.Load(path, options) : ImageArchive.Load(path, options);
        return (EncodedImages)split.Test;
    }

    private static double[] Medians(EncodedImages[] sources, int rounds)
    {
        var times = sources.Select(_ => new List<double>()).ToArray();
        var image = new ImageBuffer();
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < sources.Length; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                for (int at = 0; at < sources[i].Count; at++)
                    sources[i].Read(at, image);
                times[i].Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }
        }

        // The first round compiles code.
        return [.. times.Select(t => Median.Of(t.Skip(1)))];
    }

    private static (int Most, double Mean) Differences(EncodedImages first, EncodedImages second)
    {
        (ImageBuffer a, ImageBuffer b) = (new(), new());
        (int most, long sum, long values) = (0, 0, 0);
        for (int at = 0; at < first.Count; at++)
        {
            first.Read(at, a);
            second.Read(at, b);
            for (int i = 0; i < a.Pixels.Length; i++)
            {
                int distance = Math.Abs(a.Pixels[i] - b.Pixels[i]);
                (most, sum) = (Math.Max(most, distance), sum + distance);
            }

            values += a.Pixels.Length;
        }

        return (most, (double)sum / values);
    }
}
