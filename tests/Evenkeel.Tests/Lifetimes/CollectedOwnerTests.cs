using System.Runtime.CompilerServices;
using Evenkeel.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>Memory is collected, and taken by others, between every two calls: whoever uses a model keeps its tensors.</summary>
public sealed class CollectedOwnerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_trainer_keeps_its_model(int prefetch)
    {
        using Trainer trainer = TrainerMade(prefetch);
        for (int i = 0; i < 5; i++)
        {
            Busy.Collect();
            trainer.Step();
        }

        Busy.Collect();
        Assert.Equal(Busy.Undisturbed(5), Samples.Bytes(trainer.Model));
    }

    [Fact]
    public void Executor_evaluator_probe_and_optimizer_keep_their_model()
    {
        using var device = Device.Cpu(2);
        using Model model = Samples.Model(Busy.Net);
        float[] inputs = Samples.Floats(3 * 8, 4);
        using var own = new Executor(Plan(), model, device);
        own.Forward(inputs);
        float[] expected = own.Output.ToArray();
        using Executor executor = With(m => new Executor(Plan(), m, device));
        using Evaluator evaluator = With(m => new Evaluator(m, Busy.Data, device));
        using PercentileProbe probe = With(m => new PercentileProbe(m, Busy.Data, "linear2", [50], device));
        Evaluation evaluation = model.Evaluate(Busy.Data, device);
        float[] first = new float[probe.Units],
            again = new float[probe.Units];
        probe.Run(first);
        for (int i = 0; i < 3; i++)
        {
            Busy.Collect();
            executor.Forward(inputs);
            Busy.Collect();
            Assert.Equal(expected, executor.Output.ToArray());
            Assert.Equal(evaluation, evaluator.Run());
            Busy.Collect();
            probe.Run(again);
            Assert.Equal(first, again);
        }
    }

    [Fact]
    public void A_predictor_keeps_its_model()
    {
        float[] inputs = Samples.Floats(5 * 8, 4);
        float[] expected = PredictorMade().Predict(inputs);
        using Predictor predictor = PredictorMade();
        for (int i = 0; i < 4; i++)
        {
            Busy.Collect();
            Assert.Equal(expected, predictor.Predict(inputs));
        }
    }

    [Fact]
    public void Whoever_uses_a_model_that_was_disposed_of_is_refused()
    {
        using var device = Device.Cpu(2);
        Model model = Samples.Model(Busy.Net);
        using var trainer = new Trainer(model, Busy.Data, Busy.Options());
        using var executor = new Executor(Plan(), model, device);
        using var evaluator = new Evaluator(model, Busy.Data, device);
        using var probe = new PercentileProbe(model, Busy.Data, "linear2", [50], device);
        using var predictor = new Predictor(model, threads: 2);
        trainer.Step();
        executor.Forward(new float[8]);
        ReadOnlySpan<float> output = executor.Output,
            gradients = trainer.Gradients;
        float[] made = [.. output, .. gradients];
        model.Dispose();
        for (int i = 0; i < 3; i++)
        {
            Busy.Collect();
            Refused(() => trainer.Step());
            Refused(() => trainer.Run(9));
            Refused(() => executor.Forward(new float[8]));
            Refused(executor.Commit);
            Refused(() => evaluator.Run());
            Refused(() => probe.Run(new float[9]));
            Refused(() => predictor.Predict(new float[8]));
            Refused(() => Checkpoint.Save(trainer, "never-written"));
            float[] still = [.. output, .. gradients];
            Assert.Equal(made, still);
        }

        Assert.False(File.Exists("never-written"));
        Assert.Equal(1, trainer.StepsDone);
    }

    private static void Refused(Action act) =>
        Assert.Contains("This model has been disposed of", Assert.Throws<ObjectDisposedException>(act).Message);

    private static ExecutionPlan Plan() => ExecutionPlan.Build(Busy.Net, new PlanOptions(PlanMode.Inference, 4));

    // No local of the caller's may hold the model.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T With<T>(Func<Model, T> make) => make(Samples.Model(Busy.Net));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Trainer TrainerMade(int prefetch) => Busy.Trainer(prefetch: prefetch);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Predictor PredictorMade() => new(Samples.Model(Busy.Net), maxBatch: 4, threads: 2);
}
