using Evenkeel.Data.Mnist;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Mnist;

public sealed class MnistDownloadTests : IDisposable
{
    private sealed class Recorder : IProgress<MnistDownloadProgress>
    {
        public List<MnistDownloadProgress> Reports { get; } = [];

        public void Report(MnistDownloadProgress value) => Reports.Add(value);
    }

    private readonly TempFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    private MnistDownloadOptions Options(params Uri[] mirrors) =>
        new()
        {
            CacheFolder = _cache.Root,
            Mirrors = mirrors,
            Timeout = TimeSpan.FromSeconds(30),
        };

    private static Task<DatasetSplit> Load(MnistDownloadOptions options, CancellationToken cancellation = default) =>
        MnistFiles.LoadOrDownloadAsync(SmallVariant.Variant, options, cancellation: cancellation);

    private string[] Stored() =>
        [
            .. Directory
                .EnumerateFiles(_cache.Root, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetFileName(f)!)
                .Order(),
        ];

    private async Task<string> Refuse(params Uri[] mirrors)
    {
        var e = await Assert.ThrowsAsync<DataUnavailableException>(() => Load(Options(mirrors)));
        Assert.DoesNotContain('\n', e.Message);
        Assert.Contains($"into {_cache.Path("small")}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Stored(), name => name.EndsWith(".part", StringComparison.Ordinal));
        return e.Message;
    }

    [Fact]
    public async Task Downloads_what_is_missing_and_nothing_more()
    {
        using var mirror = LocalMirror.With(SmallVariant.Files);
        var progress = new Recorder();
        _cache.Write("small/t10k-labels.idx1-ubyte", IdxBytes.Labels(10));
        DatasetSplit split = await Load(Options(mirror.Address) with { Progress = progress });
        Assert.Equal((20, 10, 3), (split.Train.Count, split.Test.Count, mirror.Requests));
        string[] names = [.. SmallVariant.Files.Keys];
        Assert.Equal(
            [.. names.Where(n => n != "t10k-labels-idx1-ubyte.gz").Append("t10k-labels.idx1-ubyte").Order()],
            Stored()
        );
        MnistDownloadProgress last = progress.Reports.Last(r => r.File == names[0]);
        Assert.Equal((SmallVariant.Files[names[0]].Length, last.TotalBytes), (last.Bytes, last.TotalBytes));
        await Load(Options(mirror.Address));
        Assert.Equal(3, mirror.Requests);
    }

    [Fact]
    public async Task Goes_on_to_the_next_mirror_after_each_kind_of_failure()
    {
        using var absent = new LocalMirror(
            (context, _) =>
            {
                context.Response.StatusCode = 404;
                context.Response.Close();
                return Task.CompletedTask;
            }
        );
        using var wrong = new LocalMirror((context, _) => LocalMirror.SendAsync(context, [1, 2, 3]));
        using var cut = new LocalMirror(
            async (context, name) =>
            {
                context.Response.ContentLength64 = SmallVariant.Files[name].Length;
                await context.Response.OutputStream.WriteAsync(SmallVariant.Files[name].AsMemory(0, 10));
                context.Response.Abort();
            }
        );
        using var good = LocalMirror.With(SmallVariant.Files);
        DatasetSplit split = await Load(
            Options(LocalMirror.Refusing(), absent.Address, wrong.Address, cut.Address, good.Address)
        );
        Assert.Equal((20, 4, 4, 4), (split.Train.Count, absent.Requests, wrong.Requests, cut.Requests));
        Assert.Equal(SmallVariant.Files.Keys.Order(), Stored());
    }

    [Fact]
    public async Task A_wrong_checksum_is_told_and_nothing_is_kept()
    {
        using var wrong = new LocalMirror((context, _) => LocalMirror.SendAsync(context, [1, 2, 3]));
        string message = await Refuse(wrong.Address);
        Assert.Contains(
            "wrong checksum, MD5 5289df737df57326fcdd22597afb1fac instead of",
            message,
            StringComparison.Ordinal
        );
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task Without_a_network_one_error_names_every_file_and_the_folder()
    {
        string message = await Refuse(LocalMirror.Refusing(), LocalMirror.Refusing());
        Assert.StartsWith("small could not be downloaded: http://127.0.0.1:", message, StringComparison.Ordinal);
        Assert.All(SmallVariant.Files.Keys, name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_arrived_is_not_asked_for_again()
    {
        using var first = new LocalMirror(
            async (context, name) =>
            {
                if (name.StartsWith("train-images", StringComparison.Ordinal))
                    await LocalMirror.SendAsync(context, SmallVariant.Files[name]);
                else
                    context.Response.Abort();
            }
        );
        string message = await Refuse(first.Address);
        Assert.DoesNotContain("Put train-images", message, StringComparison.Ordinal);
        Assert.Equal(["train-images-idx3-ubyte.gz"], Stored());
    }

    [Fact]
    public async Task A_mirror_that_does_not_answer_is_given_up()
    {
        using var over = new CancellationTokenSource();
        using var silent = new LocalMirror((_, _) => Task.Delay(Timeout.Infinite, over.Token));
        var e = await Assert.ThrowsAsync<DataUnavailableException>(() =>
            Load(Options(silent.Address) with { Timeout = TimeSpan.FromSeconds(0.2) })
        );
        Assert.Contains("no answer for 0.2 s", e.Message, StringComparison.Ordinal);
        await over.CancelAsync();
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_half_written()
    {
        using var stop = new CancellationTokenSource();
        using var over = new CancellationTokenSource();
        using var slow = new LocalMirror(
            async (context, name) =>
            {
                context.Response.ContentLength64 = SmallVariant.Files[name].Length;
                await context.Response.OutputStream.WriteAsync(SmallVariant.Files[name].AsMemory(0, 10));
                await context.Response.OutputStream.FlushAsync();
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, over.Token);
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Load(Options(slow.Address), stop.Token));
        Assert.Empty(Stored());
        await over.CancelAsync();
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_told()
    {
        string file = _cache.Write("file", [1]);
        var options = Options(LocalMirror.Refusing()) with { CacheFolder = file };
        var e = await Assert.ThrowsAsync<DataUnavailableException>(() => Load(options));
        Assert.Contains("set EVENKEEL_CACHE to a folder that can be written", e.Message, StringComparison.Ordinal);
    }
}
