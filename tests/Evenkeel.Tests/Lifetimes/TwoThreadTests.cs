using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Serialization;
using Evenkeel.Training;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>Two threads use what is for one at a time: one of them is told so, and the other's work is as if it had been alone.</summary>
public sealed class TwoThreadTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Two_threads_that_step_a_trainer(int prefetch)
    {
        using Trainer trainer = Busy.Trainer(prefetch: prefetch);
        (long done, string refusal) = Contend(() => trainer.Step());
        Assert.Contains("Another thread is using this trainer", refusal);
        Assert.Equal(done, trainer.StepsDone);
        Assert.Equal(Busy.Undisturbed(done), Samples.Bytes(trainer.Model));
    }

    [Fact]
    public void Two_threads_that_run_a_trainer()
    {
        using Trainer trainer = Busy.Trainer();
        Task<Exception?>[] runs = [Busy.Start(() => trainer.Run(3000)), Busy.Start(() => trainer.Run(3000))];
        Exception?[] failures = [.. runs.Select(Busy.Result)];
        Assert.All(failures, e => Assert.True(e is null or InvalidOperationException and not ObjectDisposedException));
        // Whoever was not refused has run to the end.
        trainer.Run(3000);
        Assert.Equal(Busy.Undisturbed(3000), Samples.Bytes(trainer.Model));
    }

    [Fact]
    public void Two_threads_on_a_batch_trainer_an_evaluator_and_an_executor()
    {
        using Model model = Samples.Model(Busy.Net);
        using var device = Device.Cpu(2);
        float[] inputs = Samples.Floats(16 * 8, 3);
        int[] labels = Samples.Labels(16, 3, 4);
        using var evaluator = new Evaluator(model, Busy.Data, device);
        Evaluation expected = evaluator.Run();
        Assert.Contains("this evaluator", Contend(() => Assert.Equal(expected, evaluator.Run())).Refusal);
        var plan = ExecutionPlan.Build(Busy.Net, new PlanOptions(PlanMode.Inference, 16));
        using var executor = new Executor(plan, model, device);
        Assert.Contains("this executor", Contend(() => executor.Forward(inputs)).Refusal);
        // Two executors that share a device.
        using var other = new Executor(plan, model, device);
        int turn = 0;
        Assert.Contains(
            "this device",
            Contend(
                () => (Interlocked.Increment(ref turn) % 2 == 0 ? executor : other).Forward(inputs),
                "device"
            ).Refusal
        );
        using var trainer = new BatchTrainer(model, 16, Busy.Options());
        (long done, string refusal) = Contend(() => trainer.Step(inputs, labels));
        Assert.Contains("this trainer", refusal);
        Assert.Equal(done, trainer.StepsDone);
    }

    [Fact]
    public void The_device_of_a_trainer_while_it_steps()
    {
        using Trainer trainer = Busy.Trainer();
        using Model other = Samples.Model(Busy.Net);
        using var evaluator = new Evaluator(other, Busy.Data, trainer.Device);
        using var stop = new CancellationTokenSource();
        Exception? refusal = null;
        long steps = 0;
        Task<Exception?> evaluating = Busy.Start(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    evaluator.Run();
                }
                catch (InvalidOperationException e)
                {
                    refusal = e;
                }
            }
        });
        while (steps < 300 || (refusal is null && steps < 100_000))
        {
            try
            {
                trainer.Step();
                steps++;
            }
            catch (InvalidOperationException e)
            {
                Assert.Contains("this device", e.Message);
            }
        }

        stop.Cancel();
        Assert.Null(Busy.Result(evaluating));
        Assert.Contains("this device", refusal?.Message);
        Assert.Equal(steps, trainer.StepsDone);
        Assert.Equal(Busy.Undisturbed(steps), Samples.Bytes(trainer.Model));
    }

    [Fact]
    public void A_checkpoint_that_is_saved_while_the_trainer_steps_is_whole_or_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("c.safetensors");
        using Trainer trainer = Busy.Trainer();
        trainer.Step();
        using var stop = new CancellationTokenSource();
        int saved = 0;
        Task<Exception?> saving = Busy.Start(() =>
        {
            while (!stop.IsCancellationRequested)
                Ignore(() =>
                {
                    Checkpoint.Save(trainer, path);
                    Interlocked.Increment(ref saved);
                });
        });
        // Steps are so short that the other thread may not have had its turn; it has one long before the last.
        for (int i = 0; i < 300 || (Volatile.Read(ref saved) == 0 && i < 1_000_000); i++)
            Ignore(() => trainer.Step());
        stop.Cancel();
        Assert.Null(Busy.Result(saving));
        using Trainer resumed = Busy.Trainer();
        Checkpoint.Load(resumed, path);
        Assert.Equal(Busy.Undisturbed(resumed.StepsDone), Samples.Bytes(resumed.Model));

        static void Ignore(Action act)
        {
            try
            {
                act();
            }
            catch (InvalidOperationException e)
            {
                Assert.Contains("Another thread is using this trainer", e.Message);
            }
        }
    }

    // Two threads call until one of them was refused; gives how many calls were made in all, and what the refusal said.
    private static (long Done, string Refusal) Contend(Action call, string word = "")
    {
        long done = 0;
        string? refusal = null;
        void Loop()
        {
            while (Volatile.Read(ref refusal) is null)
            {
                try
                {
                    call();
                    Interlocked.Increment(ref done);
                }
                catch (InvalidOperationException e) when (e.Message.Contains("Another thread"))
                {
                    if (e.Message.Contains(word))
                        Volatile.Write(ref refusal, e.Message);
                }
            }
        }

        Task<Exception?>[] threads = [Busy.Start(Loop), Busy.Start(Loop)];
        Assert.All(threads, t => Assert.Null(Busy.Result(t)));
        return (done, refusal!);
    }
}
