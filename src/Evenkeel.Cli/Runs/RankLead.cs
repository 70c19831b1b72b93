using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>The first rank runs the run and tells the others when to take a step; they do nothing else.</summary>
/// <param name="ranks">All ranks; null where there is one.</param>
internal sealed class RankLead(Communicator? ranks)
{
    // Between two steps the first rank evaluates and saves.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>All take a step.</summary>
    public void Go() => Say(true);

    /// <summary>There are no more steps.</summary>
    public void Stop() => Say(false);

    /// <summary>Takes steps as the first rank says.</summary>
    public void Follow(Trainer trainer)
    {
        try
        {
            while (Hear())
                _ = trainer.Step();
        }
        catch (Exception e) when (e is NonFiniteLossException or SingleValuePerChannelException)
        {
            // The first rank has met the same, saves what there is, and tells.
        }
    }

    private void Say(bool go)
    {
        if (ranks is { Size: > 1 })
            ranks.Broadcast<byte>([go ? (byte)1 : (byte)0]);
    }

    private bool Hear()
    {
        TimeSpan usual = ranks!.Timeout;
        ranks.Timeout = Patience;
        Span<byte> word = [0];
        ranks.Broadcast(word);
        ranks.Timeout = usual;
        return word[0] != 0;
    }
}
