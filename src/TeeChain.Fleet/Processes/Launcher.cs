using System.Diagnostics;
using System.Threading.Channels;

namespace TeeChain.Fleet.Processes;

/// <summary>
/// Starts processes that belong to this one. Where the system has the tools (util-linux), each is in a session of its own, so
/// that Ctrl-C in the terminal reaches us alone and children are stopped in order, and gets SIGTERM when we are killed. Each
/// carries a mark, so that what is left all the same is found (<see cref="Leftovers"/>). Thread-safe.
/// </summary>
internal sealed class Launcher
{
    private readonly Channel<Action> _starts = Channel.CreateUnbounded<Action>();
    private readonly IReadOnlyList<string> _wrapping;
    private readonly string _mark;

    /// <param name="mark">The folder that these processes work for.</param>
    public Launcher(string mark)
    {
        _mark = mark;
        _wrapping =
        [
            .. Works("setsid", "true") ? (string[])["setsid"] : [],
            .. Works("setpriv", "--pdeathsig", "TERM", "true") ? (string[])["setpriv", "--pdeathsig", "TERM"] : [],
        ];

        // PR_SET_PDEATHSIG is about the thread that forked: one of the pool may end any time, this one never does.
        new Thread(RunStarts) { IsBackground = true, Name = "launcher" }.Start();
    }

    /// <summary>Unlike that of any other launcher.</summary>
    public string Run { get; } = Guid.NewGuid().ToString("N");

    /// <exception cref="IOException">The process cannot be started at all; a program that is missing exits with 127 instead.</exception>
    public async Task<Child> StartAsync(ChildPlan plan)
    {
        var started = new TaskCompletionSource<Child>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Writer.TryWrite(() =>
        {
            try
            {
                started.SetResult(new Child(Start(plan)));
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(new IOException($"{plan.Name} cannot be started: {e.Message}", e));
            }
        });
        return await started.Task;
    }

    private Process Start(ChildPlan plan)
    {
        // The shell only redirects: exec lets the program take its place, under the same process id.
        var start = new ProcessStartInfo("/bin/sh");
        foreach (var word in (string[])["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", plan.Log, .. _wrapping, .. plan.Words])
        {
            start.ArgumentList.Add(word);
        }

        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[Leftovers.Variable] = _mark;
        start.Environment[Watchman.Variable] = Run;
        return Process.Start(start)!;
    }

    private void RunStarts()
    {
        while (true)
        {
            _starts.Reader.ReadAsync().AsTask().GetAwaiter().GetResult()();
        }
    }

    private static bool Works(params string[] words)
    {
        var start = new ProcessStartInfo("/bin/sh");
        foreach (var word in (string[])["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", .. words])
        {
            start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        return process.WaitForExit(TimeSpan.FromSeconds(5)) && process.ExitCode == 0;
    }
}
