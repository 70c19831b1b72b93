using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Evenkeel.Benchmarks;

/// <summary>Adds how far a whitening matrix is from the exact one, measured once for each row of the table.</summary>
internal sealed class ResidualConfig : ManualConfig
{
    public ResidualConfig() => AddColumn(new Column());

    private sealed class Column : IColumn
    {
        public string Id => nameof(ResidualConfig);

        public string ColumnName => "Residual";

        public string Legend => "Largest element of W S W - I";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
            GetValue(summary, benchmarkCase);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            int size = (int)benchmarkCase.Parameters[nameof(WhiteningMatrixBenchmarks.Size)];
            var problem = new WhiteningProblem(size);
            double[] matrix = new double[size * size];
            if (benchmarkCase.Descriptor.WorkloadMethod.Name == nameof(WhiteningMatrixBenchmarks.MathNet))
            {
                MathNetWhitening.Run(size, problem.Covariance, matrix);
            }
            else
            {
                using var kernel = new KernelWhitening(size);
                kernel.Run(problem.Covariance, matrix);
            }

            return problem.Residual(matrix).ToString("E1", CultureInfo.InvariantCulture);
        }
    }
}
