using System.Runtime.InteropServices;

namespace Evenkeel.Cli.Terminal;

/// <summary>
/// Standard output and standard error as this process was given them: full, closed or without a reader, they cannot end it.
/// </summary>
internal static partial class StandardStreams
{
    private const int Output = 1;
    private const int Error = 2;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>From here on nothing written to <see cref="Console.Error"/> throws, and <see cref="Console.Out"/> throws <see cref="OutputException"/>.</summary>
    public static void Guard()
    {
        Console.SetError(new LogWriter(IsGiven(Error) ? Console.Error : TextWriter.Null));
        Console.SetOut(
            new ResultWriter(IsGiven(Output) ? Console.Out : new StreamWriter(new ClosedStream()) { AutoFlush = true })
        );
    }

    // Where a descriptor was closed, the runtime's own files take its number, and writing there would break them. They are told by
    // their flag: what was given to a process is what does not close when it starts.
    private static bool IsGiven(int descriptor) =>
        OperatingSystem.IsWindows() || Flags(descriptor, GetDescriptorFlags) is var flags && (flags & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flags(int descriptor, int command);

    private sealed class ClosedStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("it is closed");
    }
}
