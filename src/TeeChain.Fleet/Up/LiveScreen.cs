using Spectre.Console;
using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Up;

/// <summary>A table that is drawn anew each second, and below it the last that happened.</summary>
internal sealed class LiveScreen(IAnsiConsole console, TimeProvider time) : IUpScreen
{
    private const int KeptLines = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();

    // Under _lock.
    private readonly Queue<string> _lines = [];
    private StatusReport _report = new(false, [], []);
    private string _title = "";

    public void Tell(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue($"{time.GetLocalNow():HH:mm:ss} {line}");
            while (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }

    public void Show(StatusReport report, string title)
    {
        lock (_lock)
        {
            (_report, _title) = (report, title);
        }
    }

    public async Task RunAsync(CancellationToken cancellation) =>
        await console.Live(Draw()).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            while (!cancellation.IsCancellationRequested)
            {
                live.UpdateTarget(Draw());
                await Task.Delay(Interval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            live.UpdateTarget(Draw());
        });

    private Rows Draw()
    {
        lock (_lock)
        {
            return new Rows([new Text(_title), FleetTable.Render(_report), .. _lines.Select(line => new Text(PlainTable.Printable(line)) { Overflow = Overflow.Ellipsis })]);
        }
    }
}
