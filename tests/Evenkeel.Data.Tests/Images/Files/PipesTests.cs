using Evenkeel.Data.Formats;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Mnist;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images.Files;

/// <summary>Where a reader finds a pipe or a device in place of a file, it says so; it does not wait for what never comes.</summary>
public sealed class PipesTests : IDisposable
{
    private const int Patience = 20_000;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Patience)]
    public Task In_a_folder_of_images_they_are_skipped_and_listed() =>
        Task.Run(() =>
        {
            byte[] image = JpegBytes.Fixture("color.jpg");
            _folder.Write("blue/1.jpg", image);
            _folder.Write("red/1.jpg", image);
            Unix.Pipe(_folder.Path("blue/pipe.jpg"));
            File.CreateSymbolicLink(_folder.Path("red/zero.png"), "/dev/zero");
            EncodedImages images = Open(() =>
                ImageFolder.Open(_folder.Root, new ImageReadOptions { MaxSkipped = 0.9 })
            );
            Assert.Equal(2, images.Count);
            Assert.Equal(["pipe.jpg", "zero.png"], images.Skipped.Select(s => Path.GetFileName(s.Path)));
            Assert.Contains("is a named pipe", images.Skipped[0].Reason, StringComparison.Ordinal);
            Assert.Contains("is a device", images.Skipped[1].Reason, StringComparison.Ordinal);
        });

    [Fact(Timeout = Patience)]
    public Task An_image_that_became_a_pipe_is_replaced_like_a_damaged_one() =>
        Task.Run(() =>
        {
            byte[] image = JpegBytes.Fixture("color.jpg");
            string first = _folder.Write("blue/1.jpg", image);
            _folder.Write("blue/2.jpg", image);
            _folder.Write("red/1.jpg", image);
            EncodedImages images = Open(() =>
                ImageFolder.Open(_folder.Root, new ImageReadOptions { UndecodableFiles = UndecodableFiles.Replace })
            );
            File.Delete(first);
            Unix.Pipe(first);
            images.Read(0, new ImageBuffer());
            Assert.Equal([first], images.ReplacedPaths);
        });

    [Fact(Timeout = Patience)]
    public Task Readers_of_data_refuse_them_by_name() =>
        Task.Run(() =>
        {
            string pipe = Unix.Pipe(_folder.Path("pipe"));
            foreach (string path in (string[])[pipe, "/dev/zero", _folder.Root])
            {
                Refused(path, () => NpyFile.Read(path));
                Refused(path, () => NpyArchive.Open(path));
                Refused(path, () => IdxReader.Read(path, 1));
                Refused(path, () => CifarBinary.Read("x", CifarVariant.Cifar10, ["a"], path));
            }

            foreach (string path in (string[])[pipe, "/dev/zero"])
            {
                Refused(path, () => ImageArchive.Load(path));
                Refused(path, () => EncodedImages.FromFiles([path]));
            }

            foreach (MnistFile file in MnistVariant.Mnist.Files)
                Unix.Pipe(_folder.Path($"mnist/{file.Name}"));
            Refused(_folder.Path("mnist"), () => MnistFiles.Load(MnistVariant.Mnist, _folder.Path("mnist")));
        });

    private static void Refused(string path, Func<object> read)
    {
        string message = Assert.Throws<DataFormatException>(read).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        if (!Directory.Exists(path) || path.EndsWith("mnist", StringComparison.Ordinal))
            Assert.Contains("only regular files are read", message, StringComparison.Ordinal);
    }

    private static EncodedImages Open(Func<EncodedImages> open)
    {
        Unix.Need();
        try
        {
            return open();
        }
        catch (DataUnavailableException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
