using System.Globalization;
using Spectre.Console;

namespace TeeChain.Fleet.Up;

/// <summary>A table that is drawn anew each second, and below it the last that happened.</summary>
internal sealed class LiveScreen(IAnsiConsole console, TimeProvider time) : IUpScreen
{
    private const int KeptLines = 10;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();

    // Under _lock.
    private readonly Queue<string> _lines = [];
    private IReadOnlyList<WorkerRow> _workers = [];
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

    public void Show(IReadOnlyList<WorkerRow> workers, string title)
    {
        lock (_lock)
        {
            (_workers, _title) = (workers, title);
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
            var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(_title));
            table.AddColumns("name", "role");
            foreach (var name in (string[])["sequence", "lag", "requests", "failures", "average", "restarts"])
            {
                table.AddColumn(new TableColumn(name).RightAligned());
            }

            table.AddColumn("ready");
            foreach (var worker in _workers)
            {
                table.AddRow([.. Cells(worker).Select(cell => new Text(cell)), Ready(worker)]);
            }

            return new Rows([table, .. _lines.Select(line => new Text(line) { Overflow = Overflow.Ellipsis })]);
        }
    }

    private static string[] Cells(WorkerRow worker) =>
    [
        worker.Name, worker.Role, Number(worker.Sequence), Number(worker.Lag), Number(worker.Requests), Number(worker.Failures),
        string.Create(CultureInfo.InvariantCulture, $"{worker.AverageMilliseconds:0.0} ms"), Number(worker.Restarts),
    ];

    private static Text Ready(WorkerRow worker) =>
        worker.WhyNotReady is { } why ? new Text(why, new Style(Color.Red)) { Overflow = Overflow.Ellipsis } : new Text("yes", new Style(Color.Green));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
