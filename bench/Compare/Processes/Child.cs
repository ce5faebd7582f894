using System.Diagnostics;
using System.Globalization;

namespace Compare.Processes;

/// <summary>A process of ours: its output goes to a file, and it ends with <see cref="DisposeAsync"/>.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _log;
    private readonly Task _copying;

    private Child(string name, Process process, string log, Task copying) => (Name, _process, _log, _copying) = (name, process, log, copying);

    public string Name { get; }

    /// <summary>What it and the processes that it started used so far.</summary>
    public ProcessFigures Figures => ProcessFigures.Of(_process.Id);

    public static Child Start(string name, string folder, string program, params IEnumerable<string> arguments)
    {
        var log = Path.Combine(folder, $"{name}.log");
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        })!;
        var writer = TextWriter.Synchronized(new StreamWriter(log, append: true) { AutoFlush = true });
        var copying = Task.WhenAll(CopyAsync(process.StandardOutput, writer), CopyAsync(process.StandardError, writer))
            .ContinueWith(_ => writer.Dispose(), TaskScheduler.Default);
        return new Child(name, process, log, copying);
    }

    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="InvalidOperationException">It ended, or 30 s went by; the message has the end of its log.</exception>
    public async Task UntilAsync(string what, Func<Task<bool>> isTrue)
    {
        for (var begun = Stopwatch.GetTimestamp(); !await isTrue();)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(begun) > Patience)
            {
                var tail = string.Join('\n', (await File.ReadAllLinesAsync(_log)).TakeLast(10));
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{Name} did not get so far that {what}:\n{tail}"));
            }

            await Task.Delay(50);
        }
    }

    /// <summary>As the power button would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // SIGTERM lets nginx end its workers; whoever does not listen within five seconds is killed.
            using var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await terminate.WaitForExitAsync();
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(5000));
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            await _process.WaitForExitAsync();
        }

        await _copying;
        _process.Dispose();
    }

    private static async Task CopyAsync(StreamReader output, TextWriter log)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            await log.WriteLineAsync(line);
        }
    }
}
