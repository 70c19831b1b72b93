using System.Net.Sockets;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests;

/// <summary>A pipe must be refused before it is opened: opening one waits for a writer.</summary>
public sealed class RegularFileTests : IDisposable
{
    private const int Patience = 20_000;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = Patience)]
    public Task A_file_and_a_link_to_it_are_read() =>
        Task.Run(() =>
        {
            string path = _folder.Write("a", [1, 2, 3]);
            foreach (string file in (string[])[path, Link("link", path), Link("link to link", _folder.Path("link"))])
            {
                using FileStream stream = RegularFile.Open(file);
                Assert.Equal((3, 1), (stream.Length, stream.ReadByte()));
                using var handle = RegularFile.OpenHandle(file);
                Assert.Equal(3, RandomAccess.GetLength(handle));
            }
        });

    [Fact(Timeout = Patience)]
    public Task Pipes_sockets_devices_and_folders_are_refused_by_name() =>
        Task.Run(() =>
        {
            string pipe = Unix.Pipe(_folder.Path("pipe"));
            using Socket socket = Unix.Socket(_folder.Path("socket"));
            Refused(pipe, "a named pipe");
            Refused(Link("to a pipe", pipe), "a named pipe");
            Refused(_folder.Path("socket"), "a socket");
            Refused("/dev/zero", "a device");
            Refused(Link("to a device", "/dev/zero"), "a device");
            Refused(_folder.Root, "a folder");
        });

    [Fact(Timeout = Patience)]
    public Task What_is_not_there_and_links_that_lead_nowhere_cannot_be_opened() =>
        Task.Run(() =>
        {
            string a = Link("a", _folder.Path("b"));
            Link("b", a);
            Assert.ThrowsAny<IOException>(() => RegularFile.Open(a));
            Assert.Throws<FileNotFoundException>(() => RegularFile.Open(Link("broken", _folder.Path("nothing"))));
            Assert.Throws<FileNotFoundException>(() => RegularFile.OpenHandle(_folder.Path("nothing")));
        });

    private string Link(string name, string target)
    {
        Unix.Need();
        File.CreateSymbolicLink(_folder.Path(name), target);
        return _folder.Path(name);
    }

    private static void Refused(string path, string what)
    {
        string expected = $"'{path}' is {what}; only regular files are read.";
        Assert.Equal(expected, Assert.Throws<IOException>(() => RegularFile.Open(path)).Message);
        Assert.Equal(expected, Assert.Throws<IOException>(() => RegularFile.OpenHandle(path)).Message);
    }
}
