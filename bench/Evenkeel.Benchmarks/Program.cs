using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Evenkeel.Benchmarks;

// It builds Evenkeel once more, which the usual two minutes are too short for on a busy machine.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance);
config.BuildTimeout = TimeSpan.FromMinutes(10);
BenchmarkSwitcher.FromAssembly(typeof(BatchNormBenchmarks).Assembly).Run(args, config);
