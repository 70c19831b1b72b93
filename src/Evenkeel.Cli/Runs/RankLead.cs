using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>The first rank runs the run and tells the others when to take a step; they do nothing else.</summary>
/// <param name="ranks">All ranks; null where there is one.</param>
internal sealed class RankLead(Communicator? ranks)
{
    /// <summary>All take a step.</summary>
    /// <param name="step">Its number, from 1.</param>
    public void Go(long step)
    {
        if (ranks is { Size: > 1 })
            _ = Say(step, true);
    }

    /// <summary>There are no more steps.</summary>
    /// <param name="step">The number of the first that is not taken.</param>
    public void Stop(long step)
    {
        if (ranks is { Size: > 1 })
            _ = Say(step, false);
    }

    /// <summary>Takes steps as the first rank says.</summary>
    public void Follow(Trainer trainer)
    {
        try
        {
            while (Say(trainer.StepsDone + 1, false))
                _ = trainer.Step();
        }
        catch (Exception e) when (e is NonFiniteLossException or SingleValuePerChannelException)
        {
            // The first rank has met the same, saves what there is, and tells.
        }
    }

    // What the first rank says. Between two steps it evaluates and saves.
    private bool Say(long step, bool go)
    {
        (ranks!.Step, ranks.Purpose, ranks.Patient) = (step, "its start", true);
        Span<byte> word = [go ? (byte)1 : (byte)0];
        ranks.Broadcast(word);
        (ranks.Purpose, ranks.Patient) = (null, false);
        return word[0] != 0;
    }
}
