using BenchmarkDotNet.Running;
using TeeChain.Micro;

BenchmarkSwitcher.FromAssembly(typeof(ShortRuns).Assembly).Run(args, new ShortRuns());
