using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>Something is disposed of from another thread at a random moment: the call at work ends, the next one is refused.</summary>
public sealed class DisposedWhileUsedTests
{
    private const int Rounds = 20;

    public static TheoryData<string, int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, int>();
            foreach (string what in (string[])["trainer", "model", "device"])
            {
                cases.Add(what, 1, 0, 1);
                cases.Add(what, 2, 2, 1);
            }

            cases.Add("trainer", 2, 0, 3);
            cases.Add("trainer", 2, 2, 3);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void While_a_trainer_runs(string what, int threads, int prefetch, int workers)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using Trainer trainer = Busy.Trainer(threads, prefetch, workers);
            IDisposable victim = what switch
            {
                "trainer" => trainer,
                "model" => trainer.Model,
                _ => trainer.Device,
            };
            using var started = new ManualResetEventSlim();
            Task<Exception?> run = Busy.Start(() => trainer.Run(long.MaxValue, _ => started.Set()));
            Assert.True(started.Wait(Busy.Patience));
            Thread.SpinWait(round * 500);
            victim.Dispose();
            Assert.IsType<ObjectDisposedException>(Busy.Result(run));
            Assert.Throws<ObjectDisposedException>(() => trainer.Step());
            Busy.Collect();
        }
    }

    [Fact]
    public void While_a_step_is_at_work_disposal_waits_and_the_step_counts()
    {
        for (int round = 0; round < Rounds; round++)
        {
            using Model model = Samples.Model(Busy.Net);
            var trainer = new BatchTrainer(model, 16, Busy.Options());
            float[] inputs = Samples.Floats(16 * 8, 3);
            int[] labels = Samples.Labels(16, 3, 4);
            long steps = 0;
            using var started = new ManualResetEventSlim();
            Task<Exception?> run = Busy.Start(() =>
            {
                while (true)
                {
                    trainer.Step(inputs, labels);
                    steps++;
                    started.Set();
                }
            });
            Assert.True(started.Wait(Busy.Patience));
            Thread.SpinWait(round * 500);
            trainer.Dispose();
            byte[] left = Samples.Bytes(model);
            Assert.IsType<ObjectDisposedException>(Busy.Result(run));
            Assert.Equal(steps, trainer.StepsDone);
            // Whole steps alone were made, none after disposal returned.
            using Model other = Samples.Model(Busy.Net);
            using var undisturbed = new BatchTrainer(other, 16, Busy.Options());
            for (long i = 0; i < steps; i++)
                undisturbed.Step(inputs, labels);
            Assert.Equal(Samples.Bytes(other), left);
        }
    }

    [Theory]
    [InlineData("evaluator")]
    [InlineData("model")]
    [InlineData("device")]
    public void While_an_evaluator_runs(string what)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using var device = Device.Cpu(2);
            using Model model = Samples.Model(Busy.Net);
            using var evaluator = new Evaluator(model, Busy.Data, device);
            Evaluation expected = evaluator.Run();
            using var started = new ManualResetEventSlim();
            Task<Exception?> run = Busy.Start(() =>
            {
                while (true)
                {
                    Assert.Equal(expected, evaluator.Run());
                    started.Set();
                }
            });
            Assert.True(started.Wait(Busy.Patience));
            Thread.SpinWait(round * 500);
            IDisposable victim = what switch
            {
                "evaluator" => evaluator,
                "model" => model,
                _ => device,
            };
            victim.Dispose();
            Assert.IsType<ObjectDisposedException>(Busy.Result(run));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_predictions_run(bool disposeModel)
    {
        float[] inputs = Samples.Floats(9 * 8, 4);
        for (int round = 0; round < Rounds; round++)
        {
            using Model model = Samples.Model(Busy.Net);
            using var predictor = new Predictor(model, maxBatch: 2, threads: 2);
            float[] expected = predictor.Predict(inputs);
            Task<Exception?>[] runs =
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                        Busy.Start(() =>
                        {
                            while (true)
                                Assert.Equal(expected, predictor.Predict(inputs));
                        })
                    ),
            ];
            Thread.SpinWait(round * 2000);
            (disposeModel ? (IDisposable)model : predictor).Dispose();
            Assert.All(runs, run => Assert.IsType<ObjectDisposedException>(Busy.Result(run)));
        }
    }

    [Fact]
    public void A_device_that_was_disposed_of_is_refused_by_all_that_takes_one()
    {
        using Model model = Samples.Model(Busy.Net);
        var device = Device.Cpu(2);
        device.Dispose();
        byte[] before = Samples.Bytes(model);
        var e = Assert.Throws<ObjectDisposedException>(() => model.Evaluate(Busy.Data, device));
        Assert.Contains("This device has been disposed of", e.Message);
        Assert.Throws<ObjectDisposedException>(() => model.Recalibrate(Busy.Data, null, device));
        Assert.Throws<ObjectDisposedException>(() =>
            model.MeasurePopulation(Busy.Data, new PopulationOptions(), device)
        );
        Assert.Equal(before, Samples.Bytes(model));
    }
}
