using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>
/// A thread that listens beside the exchanges: it says where this rank is when another asks, and hears when another fails. Nothing is sent
/// before a rank is late or fails. A process that was stopped does not answer; one that is at work does.
/// </summary>
internal sealed class RankWatch : IDisposable
{
    // As long as an answer may take at least.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // As long as an answer may take at most.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MpiCommunicator _rank;
    private readonly WatchLine?[] _lines;
    private readonly RankPlace?[] _places;
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;
    private volatile CommunicatorException? _failure;
    private volatile int _firstFailed = int.MaxValue;

    /// <summary>Begins to listen.</summary>
    public RankWatch(MpiLibrary mpi, MpiCommunicator rank)
    {
        _rank = rank;
        _lines =
        [
            .. Enumerable.Range(0, rank.Size).Select(peer => peer == rank.Rank ? null : new WatchLine(mpi, rank, peer)),
        ];
        _places = new RankPlace?[rank.Size];
        _thread = new Thread(Listen) { Name = "watch of ranks", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why another rank does not go on; null as long as all is well.</summary>
    public CommunicatorException? Failure => _failure;

    /// <summary>Whether a rank before this one has said that it does not go on.</summary>
    public bool AnEarlierRankFailed => _firstFailed < _rank.Rank;

    /// <summary>Asks all ranks where they are.</summary>
    /// <returns>A place for each; null for those that do not answer soon.</returns>
    public RankPlace?[] CallRoll()
    {
        lock (_places)
        {
            Array.Clear(_places);
            _places[_rank.Rank] = _rank.Place;
            Tell(new WatchMessage(WatchWord.Ask));
            long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
            while (_places.Contains(null) && end - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(_places, (int)left);
            return [.. _places];
        }
    }

    /// <summary>Tells all ranks that this one does not go on.</summary>
    public void Tell(CommunicatorException failure) => Tell(WatchMessage.Of(failure));

    /// <summary>Ends listening.</summary>
    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private void Tell(WatchMessage message)
    {
        foreach (WatchLine? line in _lines)
            line?.Send(message);
    }

    private void Listen()
    {
        try
        {
            while (!_end.Wait(Pause))
            {
                for (int peer = 0; peer < _lines.Length; peer++)
                {
                    _lines[peer]?.GoOn();
                    if (_lines[peer]?.Receive() is { } message)
                        Take(message, peer);
                }
            }
        }
        catch (CommunicatorException e)
        {
            _failure ??= CommunicatorException.Of(_rank.Rank, _rank.Size, e);
        }
    }

    private void Take(WatchMessage message, int peer)
    {
        switch (message.Word)
        {
            case WatchWord.Ask:
                _lines[peer]!.Send(WatchMessage.Of(_rank.Place));
                break;
            case WatchWord.Here:
                lock (_places)
                {
                    _places[peer] = message.Place;
                    Monitor.PulseAll(_places);
                }

                break;
            case WatchWord.Failed:
                _firstFailed = Math.Min(_firstFailed, peer);
                _failure ??= message.Failure;
                break;
        }
    }
}
