using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Evenkeel.Cli.Terminal;

/// <summary>Limits that the system sets to files, in words.</summary>
internal static partial class SystemLimits
{
    // Not named by PosixSignal; the same number on Linux and macOS.
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;
    private const int FileSizeLimit = 1;
    private const long MinFileBytes = 64L << 20;
    private const long MinOpenFiles = 128;

    private static PosixSignalRegistration? _fileSize;

    /// <summary>
    /// From here on a file beyond the size that is allowed (<c>ulimit -f</c>) is an error of the write, not the end of the process.
    /// </summary>
    public static void KeepFromKilling()
    {
        // Kept for good: a signal that is still on its way when nobody listens any more kills.
        if (!OperatingSystem.IsWindows())
            _fileSize ??= PosixSignalRegistration.Create(FileSizeExceeded, signal => signal.Cancel = true);
    }

    /// <summary>Why the tool cannot work under the limits of this process; null if it can.</summary>
    public static string? Refusal()
    {
        if (OperatingSystem.IsWindows())
            return null;
        if (Read(OperatingSystem.IsLinux() ? 7 : 8) is var files && files < MinOpenFiles)
            return $"only {files} files may be open, but the tool needs {MinOpenFiles}; raise the limit with 'ulimit -n 1024'.";
        // The runtime keeps the code that it makes in a file of its own, and dies without a word where that may not grow.
        bool inFile =
            RuntimeFeature.IsDynamicCodeCompiled
            && Environment.GetEnvironmentVariable("DOTNET_EnableWriteXorExecute") != "0";
        return inFile && Read(FileSizeLimit) is var bytes && bytes < MinFileBytes
            ? $"files may have at most {bytes} bytes, but .NET needs {MinFileBytes}; raise the limit with 'ulimit -f', or set DOTNET_EnableWriteXorExecute=0."
            : null;
    }

    private static long Read(int resource) =>
        GetLimit(resource, out Limit limit) == 0 && limit.Current <= long.MaxValue
            ? (long)limit.Current
            : long.MaxValue;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly ulong Current;
        public readonly ulong Max;
    }
}
