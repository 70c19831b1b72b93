using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Serialization;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>What the caller's own code may do while it is called back by a trainer: nothing hangs.</summary>
public sealed class CallbackTests
{
    [Fact]
    public void After_a_step_one_may_dispose_of_the_trainer()
    {
        Trainer trainer = Busy.Trainer();
        Exception? e = Busy.Result(
            Busy.Start(() =>
                trainer.Run(
                    10,
                    step =>
                    {
                        if (step.Step == 3)
                            trainer.Dispose();
                    }
                )
            )
        );
        Assert.Contains("This trainer has been disposed of", Assert.IsType<ObjectDisposedException>(e).Message);
        Assert.Equal(3, trainer.StepsDone);
        Assert.Equal(Busy.Undisturbed(3), Samples.Bytes(trainer.Model));
    }

    [Fact]
    public void After_a_step_one_may_wait_for_another_thread_that_disposes_of_the_trainer()
    {
        Trainer trainer = Busy.Trainer();
        Exception? e = Busy.Result(
            Busy.Start(() => trainer.Run(10, _ => Assert.Null(Busy.Result(Busy.Start(trainer.Dispose)))))
        );
        Assert.IsType<ObjectDisposedException>(e);
        Assert.Equal(1, trainer.StepsDone);
    }

    [Fact]
    public void After_a_step_one_may_save_evaluate_and_step()
    {
        using var folder = new TemporaryFolder();
        using Trainer trainer = Busy.Trainer();
        Assert.True(
            trainer.Run(
                4,
                _ =>
                {
                    Checkpoint.Save(trainer, folder.File("c.safetensors"));
                    trainer.Model.Evaluate(Busy.Data, trainer.Device);
                    trainer.Step();
                }
            )
        );
        Assert.Equal(4, trainer.StepsDone);
        Assert.Equal(Busy.Undisturbed(4), Samples.Bytes(trainer.Model));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 3)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    public void A_data_set_may_dispose_of_the_trainer_that_reads_it(int prefetch, int workers)
    {
        for (int round = 0; round < 10; round++)
        {
            Trainer? trainer = null;
            int reads = 0;
            var data = new HookedData(() =>
            {
                if (Interlocked.Increment(ref reads) > 7)
                    Volatile.Read(ref trainer)?.Dispose();
            });
            using Model model = Samples.Model(Busy.Net);
            Volatile.Write(ref trainer, new Trainer(model, data, Busy.Options(2, prefetch, workers)));
            Assert.IsType<ObjectDisposedException>(Busy.Result(Busy.Start(() => trainer!.Run(1000))));
        }
    }

    [Fact]
    public void A_data_set_that_steps_the_trainer_that_reads_it_is_refused()
    {
        Trainer? trainer = null;
        using Model model = Samples.Model(Busy.Net);
        using Trainer own = trainer = new Trainer(
            model,
            new HookedData(() => trainer?.Step()),
            Busy.Options(prefetch: 0)
        );
        var e = Assert.Throws<InvalidOperationException>(() => own.Step());
        Assert.Contains("inside one of its own calls", e.Message);
        Assert.Equal(0, own.StepsDone);
    }

    [Fact]
    public void A_data_set_may_dispose_of_the_evaluator_that_reads_it()
    {
        Evaluator? evaluator = null;
        using Model model = Samples.Model(Busy.Net);
        using var device = Device.Cpu(2);
        evaluator = new Evaluator(model, new HookedData(() => evaluator?.Dispose()), device);
        Assert.IsType<ObjectDisposedException>(Busy.Result(Busy.Start(() => evaluator.Run())));
    }
}
