using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TeeChain.EndToEnd.Harness;

/// <summary>
/// A program that runs as a process of its own and writes its output to a file. Ended at the latest when the tests'
/// process ends in good order; <c>misc-commands.sh test</c> sweeps what is left by <see cref="RunVariable"/>.
/// </summary>
internal sealed partial class RealProcess : IAsyncDisposable
{
    /// <summary>In the environment of every process that the tests start.</summary>
    public const string RunVariable = "TEECHAIN_TEST_RUN";

    private static readonly string Run = Environment.GetEnvironmentVariable(RunVariable) is { Length: > 0 } run ? run : $"{Guid.NewGuid():N}";

    // Processes that live for seconds: what is called 30 times is not worth compiling once more, what is called 4096 times
    // (hexadecimal 1000) is. It saves about half of the processor time of the tests.
    private static readonly Dictionary<string, string> ShortLife = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountThreshold"] = "1000",
    };

    private readonly Process _process;
    private readonly string _name;
    private readonly string _log;

    private RealProcess(Process process, string name, string log)
    {
        (_process, _name, _log) = (process, name, log);
        Pid = process.Id;
        AppDomain.CurrentDomain.ProcessExit += EndWithUs;
    }

    public int Pid { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>After a signal: 128 and its number. Only once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>All output of this and earlier processes with the same log file.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>What to say of it when an assertion fails.</summary>
    public string Description =>
        $"{_name} ({(HasExited ? $"exited with {ExitCode}" : $"process {Pid}")}), the last lines of {_log}:\n{LastLines(25)}";

    /// <param name="log">Output is appended to this file.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="environment">Added to the tests' own environment, from which what configures our programs is removed.</param>
    public static RealProcess Start(
        string program, IEnumerable<string> arguments, string log, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        // The shell only redirects: exec makes the program take its place, under the same process id.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder ?? Path.GetDirectoryName(log)! };
        foreach (var argument in (string[])["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key).Where(IsConfiguration))
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in ShortLife)
        {
            start.Environment[name] = value;
        }

        start.Environment[RunVariable] = Run;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new RealProcess(Process.Start(start)!, Path.GetFileName(program), log);
    }

    /// <summary>SIGKILL: the process has no say in it.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        Send(Signal.Kill);
        await WaitExitAsync(cancellation);
    }

    public void Send(Signal signal)
    {
        if (!HasExited && SendSignal(Pid, (int)signal) != 0 && !HasExited)
        {
            throw new InvalidOperationException($"{signal} cannot be sent to {_name} ({Pid}): errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>The exit code; fails after a minute.</summary>
    public async Task<int> WaitExitAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Assert.Fail($"It does not exit: {Description}");
        }

        return ExitCode;
    }

    /// <summary>It never had more in memory than so much, from its start until now.</summary>
    public void AssertMemoryBelow(long kilobytes)
    {
        var peak = File.ReadLines($"/proc/{Pid}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var most = long.Parse(peak["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_name} {Pid}: {most} KB at its worst"); // shown when the test fails
        Assert.True(most < kilobytes, $"{_name} ({Pid}) had {most} KB in memory at its worst, {kilobytes} are too many.");
    }

    public string LastLines(int count) => string.Join('\n', Log.Split('\n').TakeLast(count + 1));

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        Send(Signal.Kill); // a stopped process dies of it too
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static bool IsConfiguration(string name) =>
        name.StartsWith("TEECHAIN_", StringComparison.Ordinal)
        || name.StartsWith("TEEPROXY_", StringComparison.Ordinal)
        || name.StartsWith("SAMPLE_APP_", StringComparison.Ordinal)
        || name.StartsWith("LOADTEST_", StringComparison.Ordinal);

    private void EndWithUs(object? sender, EventArgs e) => Send(Signal.Kill);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
