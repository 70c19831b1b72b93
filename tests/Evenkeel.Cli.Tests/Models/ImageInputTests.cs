using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Models;

/// <summary>Where each pixel of an image ends, whatever the size and the order of a model's input.</summary>
public sealed class ImageInputTests : IDisposable
{
    private const int Height = 8;
    private const int Width = 6;
    private readonly Workspace _work = new();
    private readonly string _image;

    public ImageInputTests() => _image = PngFile.Write(_work.File("image.png"), Height, Width);

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("m.onnx", new[] { 3, Height, Width })]
    [InlineData("m.onnx", new[] { Height, Width, 3 })]
    [InlineData("m.onnx", new[] { 1, Height, Width })]
    [InlineData("m.onnx", new[] { Height, Width, 1 })]
    [InlineData("m.onnx", new[] { Height, Width })]
    [InlineData("m.safetensors", new[] { Height, Width, 3 })]
    [InlineData("m.safetensors", new[] { 3, Height, Width })]
    [InlineData("m.safetensors", new[] { Height, Width, 1 })]
    [InlineData("m.safetensors", new[] { Height, Width })]
    public void Every_pixel_ends_in_its_place(string file, int[] shape)
    {
        float[] values = Run(Passing(file, shape), "--scale", "1");
        bool first = shape.Length == 3 && shape[0] < Height;
        int channels = shape.Length == 2 ? 1 : Math.Min(shape[0], shape[2]);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    double expected = channels == 1 ? Grey(y, x) : PngFile.Pixel(y, x, c);
                    int at = first ? (((c * Height) + y) * Width) + x : (((y * Width) + x) * channels) + c;
                    // Through fractions of 255 and back: a few roundings of values up to 255.
                    Assert.Equal(expected, values[at], 1e-4);
                }
            }
        }
    }

    [Theory]
    [InlineData("nchw", 0)]
    [InlineData("nhwc", 1)]
    public void Where_the_shape_leaves_the_order_open_it_can_be_said(string layout, int channelOfSecond)
    {
        PngFile.Write(_image, 3, 3);
        float[] values = Run(Passing("m.onnx", [3, 3, 3]), "--scale", "1", "--layout", layout);
        Assert.Equal(PngFile.Pixel(0, 1 - channelOfSecond, channelOfSecond), values[1], 1e-4);
    }

    [Theory]
    [InlineData(new[] { "--mean", "0.5", "--deviation", "0.25" }, 1 / (0.25 * 255), -2)]
    [InlineData(new[] { "--mean", "0.5,0.5,0.5", "--deviation", "0.25,0.25,0.25" }, 1 / (0.25 * 255), -2)]
    [InlineData(new[] { "--scale", "1/255" }, 1.0 / 255, 0)]
    [InlineData(new[] { "--scale", "2" }, 2, 0)]
    [InlineData(new[] { "--scale", "1", "--mean", "127.5", "--deviation", "127.5" }, 1 / 127.5, -1)]
    public void A_pixel_is_scaled_then_the_mean_subtracted_then_the_deviation_divided_by(
        string[] options,
        double factor,
        double shift
    )
    {
        float[] values = Run(Passing("m.onnx", [3, Height, Width]), options);
        for (int x = 0; x < Width; x++)
            Assert.Equal((factor * PngFile.Pixel(0, x, 0)) + shift, values[x], 1e-4);
    }

    [Fact]
    public void Of_larger_images_the_middle_is_taken_whatever_its_proportions()
    {
        PngFile.Write(_image, Height, 3 * Width);
        float[] values = Run(Passing("m.onnx", [3, Height, Width]), "--scale", "1");
        Assert.Equal(PngFile.Pixel(2, Width + 4, 1), values[(((1 * Height) + 2) * Width) + 4], 1e-4);
    }

    [Theory]
    [InlineData("--mean and --deviation must be given together", "--mean", "0.5,0.5,0.5")]
    [InlineData("'1,2' is not three numbers", "--mean", "1,2", "--deviation", "1")]
    [InlineData("--deviation: the numbers must be above 0", "--mean", "1", "--deviation", "0")]
    [InlineData("--scale: '1/0x' is not a number above 0", "--scale", "1/0x")]
    [InlineData("--layout: 'hwc' is not one of nchw, nhwc", "--scale", "1", "--layout", "hwc")]
    [InlineData(
        "the input 'input' is [N, 3, 8, 6], which does not have 3 channels or 1 in that position",
        "--scale",
        "1",
        "--layout",
        "nhwc"
    )]
    [InlineData("--resize: it must be 6 or more", "--scale", "1", "--resize", "5")]
    [InlineData("does not say how its colours are scaled; give mean and deviation")]
    [InlineData("data.scaling is --mean, --deviation, --scale here.")]
    public void What_is_wrong_is_told(string message, params string[] options)
    {
        string model = Passing("m.onnx", [3, Height, Width]);
        string line = Shell
            .Run(["run", model, "--input", _image, "--output-dir", _work.File("out"), .. options])
            .Expect(2)
            .ErrorLine;
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    [Fact]
    public void That_colours_were_left_out_is_told()
    {
        string model = Passing("m.onnx", [1, Height, Width]);
        Outcome run = Shell
            .Run("run", model, "--input", _image, "--output-dir", _work.File("out"), "--scale", "1", "--json")
            .Expect(0);
        Assert.Equal(
            "The input 'input' has one channel: images were converted to grey, 8 high and 6 wide.",
            Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString()
        );
    }

    [Fact]
    public void A_model_without_images_says_which_inputs_take_them()
    {
        string model = Passing("m.onnx", [5]);
        string line = Shell
            .Run("run", model, "--input", _image, "--output-dir", _work.File("out"), "--scale", "1")
            .Expect(2)
            .ErrorLine;
        Assert.Contains("the input 'input' takes [N, 5]; give a .npy file", line, StringComparison.Ordinal);
    }

    private static double Grey(int y, int x) =>
        (0.299 * PngFile.Pixel(y, x, 0)) + (0.587 * PngFile.Pixel(y, x, 1)) + (0.114 * PngFile.Pixel(y, x, 2));

    private float[] Run(string model, params string[] options)
    {
        Shell.Run(["run", model, "--input", _image, "--output-dir", _work.File("out"), .. options]).Expect(0);
        return NpyFile.Read(Directory.GetFiles(_work.File("out")).Single()).Values;
    }

    /// <summary>A model that gives back what is not negative, with an input of this shape in its file.</summary>
    private string Passing(string name, int[] file)
    {
        bool onnx = name.EndsWith(".onnx", StringComparison.Ordinal);
        // In ONNX the first dimension is that of the channels, which Evenkeel keeps last.
        int[] inside = onnx ? [.. file[1..], file[0]] : file;
        using Model model = Model.Create(Network.Input(inside).LeakyRelu(1).Build(), 1);
        if (onnx)
            OnnxExport.Save(model, _work.File(name));
        else
            ModelFile.Save(model, _work.File(name));
        return _work.File(name);
    }
}
