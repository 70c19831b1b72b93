using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Threading;

public sealed class ExclusiveTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Exclusive _exclusive = new("thing");

    [Fact]
    public void A_second_thread_is_refused_with_what_is_right()
    {
        using (Exclusive.Turn turn = _exclusive.Enter())
        {
            InvalidOperationException e = OnAnother(Enter<InvalidOperationException>);
            Assert.Contains("Another thread is using this thing", e.Message);
            Assert.Contains("a separate thing", e.Message);
            OnAnother(() => Assert.Throws<InvalidOperationException>(_exclusive.Require));
            _exclusive.Require();
        }

        OnAnother(() =>
        {
            _exclusive.Enter().Dispose();
            return true;
        });
    }

    [Fact]
    public void A_call_from_inside_a_call_is_refused_and_one_that_goes_on_is_not()
    {
        using Exclusive.Turn turn = _exclusive.Enter();
        Assert.Contains("inside one of its own calls", Enter<InvalidOperationException>().Message);
        _exclusive.EnterOrGoOn().Dispose();
        // The inner turn did not end the outer one.
        OnAnother(Enter<InvalidOperationException>);
    }

    [Fact]
    public void Closing_waits_for_another_threads_call_and_refuses_the_next()
    {
        using var entered = new ManualResetEventSlim();
        bool left = false;
        var worker = new Thread(() =>
        {
            using Exclusive.Turn turn = _exclusive.Enter();
            entered.Set();
            Thread.Sleep(50);
            Volatile.Write(ref left, true);
        });
        worker.Start();
        Assert.True(entered.Wait(Patience));
        _exclusive.Close();
        Assert.True(Volatile.Read(ref left));
        Assert.Contains("This thing has been disposed of", Enter<ObjectDisposedException>().Message);
        Assert.Throws<ObjectDisposedException>(_exclusive.Require);
        Assert.True(worker.Join(Patience));
    }

    [Fact]
    public void Closing_from_inside_a_call_waits_for_nothing()
    {
        using (Exclusive.Turn turn = _exclusive.Enter())
        {
            _exclusive.Close();
            _exclusive.Close();
        }

        Enter<ObjectDisposedException>();
    }

    [Fact]
    public void Nobody_is_inside_together_or_after_it_is_closed()
    {
        var seen = new Witness();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() => seen.EnterUntilClosed(_exclusive)))];
        foreach (Thread thread in threads)
            thread.Start();
        while (Volatile.Read(ref seen.Turns) < 1000)
            Thread.Sleep(1);
        _exclusive.Close();
        seen.Closed = true;
        Assert.All(threads, t => Assert.True(t.Join(Patience)));
        Assert.Equal(0, seen.Faults);
    }

    [Fact]
    public void A_turn_allocates_nothing() =>
        Assert.Equal(0, Allocations.Least(() => _exclusive.Enter().Dispose(), calls: 100));

    private TException Enter<TException>()
        where TException : Exception => Assert.Throws<TException>(() => _exclusive.Enter().Dispose());

    private static T OnAnother<T>(Func<T> act) => Task.Factory.StartNew(act, TaskCreationOptions.LongRunning).Result;

    private sealed class Witness
    {
        public int Turns;
        public int Faults;
        public volatile bool Closed;
        private int _inside;

        public void EnterUntilClosed(Exclusive exclusive)
        {
            while (true)
            {
                try
                {
                    using Exclusive.Turn turn = exclusive.Enter();
                    if (Interlocked.Increment(ref _inside) != 1 || Closed)
                        Interlocked.Increment(ref Faults);
                    Turns++;
                    Interlocked.Decrement(ref _inside);
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
                catch (InvalidOperationException)
                {
                    Thread.Yield();
                }
            }
        }
    }
}
