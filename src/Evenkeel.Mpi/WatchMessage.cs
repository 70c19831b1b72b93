using System.Runtime.InteropServices;
using System.Text.Unicode;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>What ranks say to each other beside the exchanges.</summary>
internal enum WatchWord
{
    /// <summary>Where are you?</summary>
    Ask,

    /// <summary>I am here.</summary>
    Here,

    /// <summary>I cannot go on.</summary>
    Failed,
}

/// <summary>One of their messages, all of the same size: a head, and a text of which as much is sent as there is room for.</summary>
/// <param name="Word">What is said.</param>
/// <param name="Number">The step of a place; the exit code of a failure.</param>
/// <param name="Rank">The rank at fault; -1 for none.</param>
/// <param name="Text">The exchange of a place; the reason of a failure; null for none.</param>
internal sealed record WatchMessage(WatchWord Word, long Number = 0, int Rank = -1, string? Text = null)
{
    /// <summary>Bytes of a message: few enough to be sent without the receiver's help.</summary>
    public const int Bytes = 1024;

    private static readonly int HeadBytes = Marshal.SizeOf<Head>();

    /// <summary>Where a rank is.</summary>
    public static WatchMessage Of(RankPlace place) => new(WatchWord.Here, place.Step, -1, place.Exchange);

    /// <summary>Why a rank cannot go on.</summary>
    public static WatchMessage Of(CommunicatorException failure) =>
        new(WatchWord.Failed, failure.Code, failure.Rank ?? -1, failure.Message);

    /// <summary>The place that a message tells.</summary>
    public RankPlace Place => new(Number, Text);

    /// <summary>The failure that a message tells.</summary>
    public CommunicatorException Failure => new(Text ?? "") { Code = (int)Number, Rank = Rank < 0 ? null : Rank };

    /// <summary>Reads a message.</summary>
    public static WatchMessage Read(ReadOnlySpan<byte> bytes)
    {
        Head head = MemoryMarshal.Read<Head>(bytes);
        string? text =
            head.TextBytes < 0 ? null : System.Text.Encoding.UTF8.GetString(bytes.Slice(HeadBytes, head.TextBytes));
        return new WatchMessage((WatchWord)head.Word, head.Number, head.Rank, text);
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> bytes)
    {
        int written = -1;
        if (Text is not null)
            Utf8.FromUtf16(Text, bytes[HeadBytes..], out _, out written);
        MemoryMarshal.Write(
            bytes,
            new Head
            {
                Number = Number,
                Word = (int)Word,
                Rank = Rank,
                TextBytes = written,
            }
        );
    }

    private struct Head
    {
        public long Number;
        public int Word;
        public int Rank;
        public int TextBytes;
    }
}
