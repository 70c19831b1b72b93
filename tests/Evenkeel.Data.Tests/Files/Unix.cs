using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Evenkeel.Data.Tests.Files;

/// <summary>Files that are none, for tests on systems that have them; others skip.</summary>
internal static partial class Unix
{
    private const uint ReadAndWrite = 0x1B6;

    /// <summary>Makes a named pipe that nobody writes to.</summary>
    public static string Pipe(string path)
    {
        Need();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Assert.Equal(0, MakePipe(path, ReadAndWrite));
        return path;
    }

    /// <summary>Makes a socket in a folder.</summary>
    public static Socket Socket(string path)
    {
        Need();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>Skips the test where there is nothing of this kind.</summary>
    public static void Need()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no named pipes or devices among its files.");
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakePipe(string path, uint mode);
}
