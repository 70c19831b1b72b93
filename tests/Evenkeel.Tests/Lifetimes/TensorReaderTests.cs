using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Serialization;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>A reader of tensors, wherever its bytes are, read by several threads and after it was disposed of.</summary>
public sealed class TensorReaderTests : IDisposable
{
    private const string Tensor = "linear1.weight";

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _expected;

    public TensorReaderTests()
    {
        using Model model = Samples.Model(Busy.Net);
        ModelFile.Save(model, File);
        using SafeTensorsReader reader = SafeTensorsReader.Open(File);
        _expected = Read(reader);
    }

    private string File => _folder.File("model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("file")]
    [InlineData("bytes")]
    [InlineData("stream")]
    public void Threads_read_it_at_once_until_it_is_disposed_of(string kind)
    {
        byte[] content = System.IO.File.ReadAllBytes(File);
        SafeTensorsReader reader = kind switch
        {
            "file" => SafeTensorsReader.Open(File),
            "bytes" => SafeTensorsReader.FromBytes(content),
            _ => SafeTensorsReader.FromStream(new MemoryStream(content)),
        };
        int reads = 0;
        Task<Exception?>[] threads =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Busy.Start(() =>
                    {
                        while (true)
                        {
                            Assert.Equal(_expected, Read(reader));
                            Interlocked.Increment(ref reads);
                        }
                    })
                ),
        ];
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref reads) > 500, Busy.Patience));
        reader.Dispose();
        Assert.All(threads, t => Assert.IsType<ObjectDisposedException>(Busy.Result(t)));
    }

    private static float[] Read(SafeTensorsReader reader)
    {
        float[] values = new float[reader.Info(Tensor).Count];
        reader.ReadFloat32(Tensor, values);
        return values;
    }
}
