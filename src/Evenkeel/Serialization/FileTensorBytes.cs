using Evenkeel.Data;
using Microsoft.Win32.SafeHandles;

namespace Evenkeel.Serialization;

/// <summary>
/// Bytes read from a file by position. Not a memory map: a file that is cut short under a map kills the process, here it is an error.
/// </summary>
internal sealed class FileTensorBytes : ITensorBytes
{
    private readonly SafeFileHandle handle;

    public FileTensorBytes(string path)
    {
        RegularFile.Require(path);
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = RandomAccess.GetLength(handle);
    }

    public long Length { get; }

    public int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(handle, destination[done..], offset + done);
            if (read == 0)
                break;
            done += read;
        }
        return done;
    }

    public void Dispose() => handle.Dispose();
}
