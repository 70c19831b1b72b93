using System.IO.Compression;
using System.Reflection;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Loading;
using Evenkeel.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using Convolution = Evenkeel.Kernels.Convolution.Convolution;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>
/// Every public member of every public type that can be disposed of: afterwards it is refused, or stands in a list of what does no harm,
/// with the reason.
/// </summary>
public sealed class DisposedCallTests
{
    private const string Fixed = "was set when the object was made and refers to no memory of its own";
    private const string Counted = "a number that the object keeps";
    private const string OwnRule = "gives an object that refuses its own calls";

    private static readonly float[] Inputs = new float[16];
    private static readonly int[] Labels = new int[2];

    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["Model.Graph"] = Fixed,
        ["Model.ParameterCount"] = Fixed,
        ["Model.TrainableCount"] = Fixed,
        ["BatchTrainer.Model"] = OwnRule,
        ["BatchTrainer.Updates"] = Counted,
        ["BatchTrainer.Device"] = OwnRule,
        ["BatchTrainer.StepsDone"] = Counted,
        ["BatchTrainer.SkippedBatches"] = Counted,
        ["Trainer.Model"] = OwnRule,
        ["Trainer.Options"] = Fixed,
        ["Trainer.Data"] = Fixed,
        ["Trainer.Device"] = OwnRule,
        ["Trainer.StepsPerEpoch"] = Counted,
        ["Trainer.StepsDone"] = Counted,
        ["Trainer.SkippedBatches"] = Counted,
        ["Trainer.Updates"] = Counted,
        ["Trainer.Position"] = Counted,
        ["PercentileProbe.Units"] = Fixed,
        ["GradientProbe.Layers"] = Fixed,
        ["Predictor.InputShape"] = Fixed,
        ["Predictor.OutputShape"] = Fixed,
        ["Predictor.OutputNames"] = Fixed,
        ["Predictor.OutputShapes"] = Fixed,
        ["SafeTensorsReader.Tensors"] = Fixed,
        ["SafeTensorsReader.Metadata"] = Fixed,
        ["SafeTensorsReader.Contains"] = Fixed,
        ["SafeTensorsReader.Info"] = Fixed,
        ["NpyArchive.Names"] = Fixed,
        ["BatchLoader.Layout"] = Fixed,
        ["BatchLoader.Position"] = Counted,
        ["Device.Name"] = Fixed,
        ["Device.Threads"] = Fixed,
        ["WorkerPool.Threads"] = Fixed,
        ["PackedFilters.Shape"] = Fixed,
        ["PackedFilters.Bytes"] = Fixed,
    };

    private static readonly Dictionary<string, Action<Disposed>> RefusedMembers = new()
    {
        ["Model.Notes"] = d => _ = d.Model.Notes,
        ["Model.UnmeasuredStatistics"] = d => _ = d.Model.UnmeasuredStatistics,
        ["Model.Trainable"] = d => _ = d.Model.Trainable,
        ["Model.Floats"] = d => d.Model.Floats("linear1.weight"),
        ["Model.Integers"] = d => d.Model.Integers("batchnorm1.num_batches_tracked"),
        ["Model.AddNote"] = d => d.Model.AddNote("note"),
        ["Model.With"] = d => d.Model.With(d.Model.Graph),
        ["Model.WithStoredStatistics"] = d => d.Model.WithStoredStatistics(),
        ["Model.ParameterChecksum"] = d => d.Model.ParameterChecksum(),
        ["Model.Clone"] = d => d.Model.Clone(),
        ["Executor.Gradients"] = d => _ = d.Executor.Gradients,
        ["Executor.Output"] = d => _ = d.Executor.Output,
        ["Executor.OutputAt"] = d => d.Executor.OutputAt(0),
        ["Executor.Probabilities"] = d => _ = d.Executor.Probabilities,
        ["Executor.Losses"] = d => _ = d.Executor.Losses,
        ["Executor.RefusedCommits"] = d => _ = d.Executor.RefusedCommits,
        ["Executor.Forward"] = d => d.Executor.Forward(Inputs),
        ["Executor.ForwardAll"] = d => d.Executor.ForwardAll([Inputs]),
        ["Executor.ForwardLoss"] = d => d.Executor.ForwardLoss(Inputs, Labels),
        ["Executor.ForwardBackward"] = d => d.Executor.ForwardBackward(Inputs, Labels),
        ["Executor.Commit"] = d => d.Executor.Commit(),
        ["Executor.Value"] = d => d.Executor.Value("linear3"),
        ["Executor.ValueGradient"] = d => d.Executor.ValueGradient("linear3"),
        ["Executor.BatchMean"] = d => d.Executor.BatchMean("batchnorm1"),
        ["Executor.BatchVariance"] = d => d.Executor.BatchVariance("batchnorm1"),
        ["BatchTrainer.Gradients"] = d => _ = d.Batches.Gradients,
        ["BatchTrainer.Step"] = d => d.Batches.Step(Inputs, Labels),
        ["BatchTrainer.JoinRanks"] = d => d.Batches.JoinRanks(),
        ["Trainer.JoinRanks"] = d => d.Trainer.JoinRanks(),
        ["Trainer.Gradients"] = d => _ = d.Trainer.Gradients,
        ["Trainer.Step"] = d => d.Trainer.Step(),
        ["Trainer.Run"] = d => d.Trainer.Run(0),
        ["Evaluator.Run"] = d => d.Evaluator.Run(),
        ["Evaluator.JoinRanks"] = d => d.Evaluator.JoinRanks(),
        ["Predictor.Predict"] = d => d.Predictor.Predict(Inputs),
        ["Predictor.PredictAll"] = d => d.Predictor.PredictAll(Inputs),
        ["SafeTensorsReader.ReadFloat32"] = d => d.Reader.ReadFloat32("linear1.bias", new float[12]),
        ["SafeTensorsReader.ReadFloat64"] = d => d.Reader.ReadFloat64("linear1.bias", new double[12]),
        ["SafeTensorsReader.ReadInt64"] = d => d.Reader.ReadInt64("batchnorm1.num_batches_tracked", new long[1]),
        ["SafeTensorsReader.ReadBytes"] = d => d.Reader.ReadBytes("linear1.bias", new byte[48]),
        ["NpyArchive.Dimensions"] = d => d.Archive.Dimensions("x"),
        ["NpyArchive.Read"] = d => d.Archive.Read("x"),
        ["BatchLoader.Next"] = d => d.Loader.Next(),
        ["WorkerPool.For"] = d => d.Pool.For(3, ref d.Work),
        ["WorkerPool.ForBackwards"] = d => d.Pool.ForBackwards(3, d.Work),
        ["WorkerPool.Scratch"] = d => d.Pool.Scratch(8).Dispose(),
        ["WorkerPool.Hold"] = d => d.Pool.Hold().Dispose(),
    };

    private static readonly Dictionary<string, Action<Disposed>> RefusedProbes = new()
    {
        ["PercentileProbe.Run"] = d => d.Probe.Run(new float[9]),
        ["GradientProbe.Run"] = d => d.GradientProbe.Run(),
        ["JacobianProbe.Run"] = d => d.JacobianProbe.Run(),
    };

    private static readonly Dictionary<string, Action<Disposed>> Refused = new([.. RefusedMembers, .. RefusedProbes]);

    // What takes one of them.
    private static readonly Dictionary<string, Action<Disposed>> RefusedFunctions = new()
    {
        ["new Executor"] = d => new Executor(d.Executor.Plan, d.Model, d.LiveDevice),
        ["new Trainer"] = d => new Trainer(d.Model, Busy.Data, Busy.Options()),
        ["new BatchTrainer"] = d => new BatchTrainer(d.Model, 4, Busy.Options()),
        ["new Evaluator"] = d => new Evaluator(d.Model, Busy.Data, d.LiveDevice),
        ["new Predictor"] = d => new Predictor(d.Model),
        ["new GradientProbe"] = d => new GradientProbe(d.Model, Busy.Data, ["linear2"], d.LiveDevice),
        ["new JacobianProbe"] = d => new JacobianProbe(d.Model, Busy.Data, "linear1", "linear2", null, d.LiveDevice),
        ["new PercentileProbe"] = d => new PercentileProbe(d.Model, Busy.Data, "linear2", [50], d.LiveDevice),
        ["Evaluate"] = d => d.Model.Evaluate(Busy.Data, d.LiveDevice),
        ["MeasurePopulation"] = d => d.Model.MeasurePopulation(Busy.Data, new PopulationOptions(), d.LiveDevice),
        ["FoldBatchNorm of data"] = d => d.Model.FoldBatchNorm(Busy.Data, device: d.LiveDevice),
        ["Recalibrate"] = d => d.Model.Recalibrate(Busy.Data, null, d.LiveDevice),
        ["Diagnose"] = d => d.Model.Diagnose(Busy.Data, device: d.LiveDevice),
        ["InspectBatchNorm"] = d => d.Model.InspectBatchNorm(),
        ["FoldBatchNorm"] = d => d.Model.FoldBatchNorm(),
        ["Train"] = d => d.Model.Train(Busy.Data, Busy.Options()),
        ["CreatePredictor"] = d => d.Model.CreatePredictor(),
        ["Classify"] = d => d.Predictor.Classify(Inputs.AsSpan(0, d.Predictor.InputShape.Count)),
        ["ModelFile.Save"] = d => ModelFile.Save(d.Model, "never-written"),
        ["Checkpoint.Save"] = d => Checkpoint.Save(d.Trainer, "never-written"),
        ["Checkpoint.Load"] = d => Checkpoint.Load(d.Trainer, "never-read"),
        ["ForwardPacked"] = d =>
            Convolution.ForwardPacked(d.LivePool, default(Identity), 1, new float[16], d.Filters, [], new float[16], 1),
    };

    public static TheoryData<string> Calls => [.. Refused.Keys, .. RefusedFunctions.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_call_after_disposal_is_refused(string call)
    {
        using var disposed = new Disposed();
        Action<Disposed> act = Refused.GetValueOrDefault(call) ?? RefusedFunctions[call];
        var e = Assert.Throws<ObjectDisposedException>(() => act(disposed));
        Assert.Matches("^(This|These) .* (has|have) been disposed of", e.Message);
        Assert.False(File.Exists("never-written"));
    }

    [Fact]
    public void Every_member_is_refused_or_known_to_be_harmless()
    {
        Assembly[] assemblies = [typeof(Model).Assembly, typeof(WorkerPool).Assembly, typeof(IDataset).Assembly];
        string[] members =
        [
            .. assemblies
                .SelectMany(a => a.GetExportedTypes())
                .Where(t => t.IsClass && t.IsAssignableTo(typeof(IDisposable)))
                .SelectMany(t =>
                    t.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                        .Where(m => m is PropertyInfo or MethodInfo { IsSpecialName: false })
                        .Where(m => m.Name != nameof(IDisposable.Dispose))
                        .Select(m => $"{t.Name}.{m.Name}")
                )
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(members, Harmless.Keys.Concat(Refused.Keys).Order(StringComparer.Ordinal));
    }

    private readonly struct NoWork : IChunkWork
    {
        public void Run(int chunk) { }
    }

    /// <summary>One of each, disposed of.</summary>
    private sealed class Disposed : IDisposable
    {
        private static readonly ConvolutionShape Pixels = new()
        {
            Height = 4,
            Width = 4,
            InputChannels = 1,
            OutputChannels = 1,
            KernelHeight = 1,
            KernelWidth = 1,
            OutputHeight = 4,
            OutputWidth = 4,
        };

        private readonly string _file = Path.GetTempFileName();
        private readonly string _archive = Path.GetTempFileName();
        private NoWork _work;

        public Disposed()
        {
            Model = Samples.Model(Busy.Net);
            ModelFile.Save(Model, _file);
            var plan = new PlanOptions(PlanMode.Training, 4) { Loss = new SoftmaxCrossEntropy() };
            Executor = new Executor(ExecutionPlan.Build(Busy.Net, plan), Model, LiveDevice);
            Batches = new BatchTrainer(Model, 4, Busy.Options());
            Trainer = new Trainer(Model, Busy.Data, Busy.Options());
            Evaluator = new Evaluator(Model, Busy.Data, LiveDevice);
            Probe = new PercentileProbe(Model, Busy.Data, "linear2", [50], LiveDevice);
            GradientProbe = new GradientProbe(Model, Busy.Data, ["linear2"], LiveDevice);
            JacobianProbe = new JacobianProbe(Model, Busy.Data, "linear1", "linear2", null, LiveDevice);
            Predictor = new Predictor(Model);
            Reader = SafeTensorsReader.Open(_file);
            Loader = new BatchLoader(Busy.Data, new BatchLoaderOptions { BatchSize = 8 });
            Filters = PackedFilters.Pack(LivePool, Pixels, 1, new float[1]);
            Archive = ArchiveMade(_archive);
            IDisposable[] all =
            [
                Archive,
                Executor,
                Batches,
                Trainer,
                Evaluator,
                Probe,
                GradientProbe,
                JacobianProbe,
                Predictor,
                Reader,
                Loader,
                Filters,
                Pool,
                Model,
            ];
            foreach (IDisposable one in all)
                one.Dispose();
            // Again, which does nothing.
            foreach (IDisposable one in all)
                one.Dispose();
            Busy.Collect();
        }

        public Device LiveDevice { get; } = Device.Cpu(2);
        public WorkerPool LivePool { get; } = WorkerPool.Serial();
        public WorkerPool Pool { get; } = new(2);
        public Model Model { get; }
        public Executor Executor { get; }
        public BatchTrainer Batches { get; }
        public Trainer Trainer { get; }
        public Evaluator Evaluator { get; }
        public PercentileProbe Probe { get; }

        public GradientProbe GradientProbe { get; }
        public JacobianProbe JacobianProbe { get; }
        public Predictor Predictor { get; }
        public SafeTensorsReader Reader { get; }
        public NpyArchive Archive { get; }
        public BatchLoader Loader { get; }
        public PackedFilters Filters { get; }
        public ref NoWork Work => ref _work;

        public void Dispose()
        {
            LiveDevice.Dispose();
            LivePool.Dispose();
            File.Delete(_file);
            File.Delete(_archive);
        }

        private static NpyArchive ArchiveMade(string path)
        {
            using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
            using (Stream entry = zip.CreateEntry("x.npy").Open())
                NpyFile.Write(entry, [3], new float[3]);
            return NpyArchive.Open(path);
        }
    }
}
