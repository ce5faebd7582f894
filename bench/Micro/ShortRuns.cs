using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace TeeChain.Micro;

/// <summary>
/// How benchmarks run unless the command line says otherwise (<c>--iterationCount 50</c>): shortly, so that all of them take
/// some two minutes, and in this process, so that nothing is built and restored for each.
/// </summary>
internal sealed class ShortRuns : ManualConfig
{
    public ShortRuns()
    {
        Add(DefaultConfig.Instance);
        // Many short rounds rather than a few long ones: on a machine that does other things beside, their median says most.
        AddJob(Job.Default.WithId("Short")
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithLaunchCount(1).WithWarmupCount(2).WithIterationCount(9).WithIterationTime(TimeInterval.FromMilliseconds(200))
            // BenchmarkDotNet's flags change the default job; --job alone does not replace it.
            .AsDefault());
        AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max);
        HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1);
        // One table at the end, class by class.
        WithOptions(ConfigOptions.JoinSummary);
        AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory);
    }
}
