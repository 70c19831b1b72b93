using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Creates_and_replaces_leaving_nothing_else()
    {
        string path = folder.File("deeper/than/that.txt");
        AtomicFile.WriteText(path, "first, which is longer");
        AtomicFile.WriteText(path, "second µ");
        Assert.Equal("second µ"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_failure_keeps_the_old_file_and_removes_the_temporary()
    {
        string path = folder.File("a.bin");
        AtomicFile.WriteText(path, "old");
        var thrown = Assert.Throws<IOException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write(new byte[100_000]);
                    throw new IOException("No space left on device");
                }
            )
        );
        Assert.Equal("No space left on device", thrown.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failure_names_the_file_and_not_the_temporary()
    {
        string path = folder.File("a.bin");
        var thrown = Assert.Throws<IOException>(() =>
            AtomicFile.Write(
                path,
                stream => throw new IOException($"No space left on device : '{((FileStream)stream).Name}'", 28)
            )
        );
        Assert.Equal($"No space left on device : '{path}'", thrown.Message);
        Assert.Equal(28, thrown.HResult);
    }

    [Fact]
    public void Cancelling_after_the_content_is_written_keeps_the_old_file()
    {
        string path = folder.File("a.bin");
        AtomicFile.WriteText(path, "old");
        using var cancel = new CancellationTokenSource();
        void WriteThenCancel(Stream stream)
        {
            stream.WriteByte(1);
            cancel.Cancel();
        }
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, WriteThenCancel, cancel.Token));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Replacing_a_folder_fails_and_leaves_no_temporary()
    {
        string path = folder.File("taken");
        Directory.CreateDirectory(path);
        var thrown = Assert.Throws<IOException>(() => AtomicFile.WriteText(path, "text"));
        Assert.Equal($"'{path}' is a folder; name a file in it.", thrown.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_symbolic_link_stays_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        string target = folder.File("target.txt");
        string link = folder.File("link.txt");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);
        AtomicFile.WriteText(link, "new");
        Assert.Equal("new", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_name_near_the_file_system_limit_can_be_written()
    {
        string path = folder.File(new string('n', 240) + ".safetensors");
        AtomicFile.WriteText(path, "x");
        Assert.Equal("x", File.ReadAllText(path));
    }

    [Fact]
    public void Sweep_takes_the_dead_and_leaves_the_living_the_fresh_and_the_foreign()
    {
        int me = Environment.ProcessId;
        string old = folder.File($"step-1.safetensors.{me}-aa" + AtomicFile.TemporarySuffix);
        string fresh = folder.File($"step-2.safetensors.{me}-bb" + AtomicFile.TemporarySuffix);
        string foreign = folder.File("step-3.safetensors");
        // No process has the largest number; whoever wrote this is gone, however lately it was written.
        string dead = folder.File($"step-4.safetensors.{int.MaxValue}-cc" + AtomicFile.TemporarySuffix);
        foreach (string file in new[] { old, fresh, foreign, dead })
            File.WriteAllText(file, "part");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddMinutes(-1));
        File.SetLastWriteTimeUtc(foreign, DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(2, AtomicFile.Sweep(folder.Path));
        Assert.Equal([fresh, foreign], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
        Assert.Equal(0, AtomicFile.Sweep(folder.File("no such folder")));
    }

    [Fact]
    public void Sweep_does_not_take_a_temporary_that_is_being_written()
    {
        string path = folder.File("a.bin");
        AtomicFile.Write(path, _ => Assert.Equal(0, AtomicFile.Sweep(folder.Path, TimeSpan.Zero)));
        Assert.True(File.Exists(path));
    }
}
