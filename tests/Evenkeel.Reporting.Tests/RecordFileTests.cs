using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Evenkeel.Reporting.Tests;

/// <summary>A disk that fails, and a file that goes away, leave whole records and tell what is missing.</summary>
public sealed class RecordFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private long room = long.MaxValue;

    private string FilePath => folder.File("log");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_full_disk_leaves_whole_records_and_with_room_nothing_is_missing()
    {
        using RecordFile file = Open();
        Append(file, "first\n");
        file.HandOver();
        room = 3;
        Append(file, "second\n");
        file.HandOver();
        Append(file, "third\n");
        file.Flush();
        Assert.IsType<IOException>(file.State.Failure);
        Assert.Equal((2, 0), (file.State.Held, file.State.Lost));
        Assert.Equal("first\n", Content());
        room = long.MaxValue;
        file.Flush();
        Assert.Equal(default, file.State);
        Assert.Equal("first\nsecond\nthird\n", Content());
    }

    [Fact]
    public void Records_beyond_what_is_held_are_counted_as_lost()
    {
        using RecordFile file = Open();
        room = 0;
        string record = new string('a', (1 << 16) - 1) + "\n";
        int fitting = RecordFile.MaxHeldBytes / record.Length;
        for (int i = 0; i < fitting + 3; i++)
            Append(file, record);
        Assert.Equal((fitting, 3), (file.State.Held, file.State.Lost));
        room = long.MaxValue;
        Append(file, "b\n");
        file.HandOver();
        Append(file, "c\n");
        file.HandOver();
        Assert.Equal(4, file.State.Lost);
        Assert.Equal(fitting + 1, File.ReadAllLines(FilePath).Length);
    }

    [Fact]
    public void A_file_beyond_the_size_that_is_allowed_is_a_failure_like_others()
    {
        using var file = new RecordFile(
            FilePath,
            FileMode.Create,
            write: (_, _, _) => throw new ArgumentOutOfRangeException("value", "too large")
        );
        Append(file, "a\n");
        file.HandOver();
        Assert.Contains(FilePath, Assert.IsType<IOException>(file.State.Failure).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_deleted_is_made_again_with_all_that_it_had(bool withFolder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "open files cannot be deleted there");
        Directory.CreateDirectory(folder.File("run"));
        string path = folder.File("run/log");
        using var file = new RecordFile(path, FileMode.Create, write: Write);
        Append(file, new string('x', 100_000) + "\n");
        file.Flush();
        if (withFolder)
            Directory.Delete(folder.File("run"), recursive: true);
        else
            File.Delete(path);
        Append(file, "more\n");
        room = 70_000;
        file.Flush();
        Assert.False(File.Exists(path));
        room = long.MaxValue;
        file.Flush();
        Assert.Equal(new LogState(null, 0, 0, 1), file.State);
        Assert.Equal([new string('x', 100_000), "more"], File.ReadAllLines(path));
    }

    private RecordFile Open() => new(FilePath, FileMode.Create, write: Write);

    private string Content() => File.ReadAllText(FilePath);

    private static void Append(RecordFile file, string text) => file.Append(Encoding.UTF8.GetBytes(text));

    // As a full disk does: what fits is written, and the rest refused.
    private void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        int fits = (int)Math.Min(bytes.Length, room);
        RandomAccess.Write(file, bytes[..fits], offset);
        room -= fits;
        if (fits < bytes.Length)
            throw new IOException("No space left on device");
    }
}
