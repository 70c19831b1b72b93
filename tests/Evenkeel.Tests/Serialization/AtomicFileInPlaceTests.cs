using System.Diagnostics;
using Evenkeel.Data;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

/// <summary>What is no regular file is written into, not replaced.</summary>
public sealed class AtomicFileInPlaceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AtomicFileInPlaceTests() =>
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes or devices among its files.");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_carries_the_content_and_stays(bool linked)
    {
        string pipe = folder.File("pipe"),
            path = linked ? folder.File("link") : pipe;
        Make("mkfifo", pipe);
        if (linked)
            File.CreateSymbolicLink(path, pipe);
        using var reader = Process.Start(new ProcessStartInfo("cat", pipe) { RedirectStandardOutput = true })!;
        Task<string> read = reader.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string content = new('x', 200_000);
        AtomicFile.WriteText(path, content);
        Assert.True(reader.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(content, await read);
        Assert.Equal("a named pipe", RegularFile.Other(pipe));
        Assert.Equal(linked ? [path, pipe] : [pipe], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_device_reports_what_it_refuses_and_stays()
    {
        string device = folder.File("full");
        // Never the machine's own: a fault here would replace it.
        Make("mknod", device, "c", "1", "7");
        var thrown = Assert.Throws<IOException>(() => AtomicFile.WriteText(device, new string('x', 200_000)));
        Assert.Contains("No space left", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("a device", RegularFile.Other(device));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static void Make(string tool, params string[] arguments)
    {
        try
        {
            using var made = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true })!;
            made.WaitForExit();
            Assert.SkipUnless(made.ExitCode == 0, $"{tool} is not allowed here");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Skip($"{tool}: {e.Message}");
        }
    }
}
