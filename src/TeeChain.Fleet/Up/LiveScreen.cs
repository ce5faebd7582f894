using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Up;

/// <summary>
/// A table that is drawn anew twice a second, and below it the last that happened. It has the terminal's second screen to itself, as a
/// pager has, and is drawn from its top: whatever a resize did to it is gone with the next drawing. What it showed last stays.
/// </summary>
/// <param name="size">Of the terminal, now: columns and rows.</param>
internal sealed class LiveScreen(TextWriter terminal, Func<(int Columns, int Rows)> size, TimeProvider time) : IUpScreen
{
    private const int KeptLines = 200; // more than a terminal has rows

    private const int LastLines = 10;

    // xterm's control sequences, which every terminal of today has.
    private const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l", Home = "\e[H", EndOfLine = "\e[K\r\n", ClearBelow = "\e[J";

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

    public async Task RunAsync(CancellationToken cancellation)
    {
        terminal.Write(Enter);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                var (columns, rows) = size();
                terminal.Write(Home + string.Join(EndOfLine, Frame(KeptLines).Lines(columns, rows - 1)) + EndOfLine + ClearBelow);
                terminal.Flush();
                await Task.Delay(Interval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            terminal.Write(Leave);
            terminal.Write(string.Concat(Frame(LastLines).Lines(size().Columns, int.MaxValue).Select(line => line + "\n")));
            terminal.Flush();
        }
    }

    private LiveFrame Frame(int most)
    {
        lock (_lock)
        {
            return new LiveFrame(_title, _report, [.. _lines.TakeLast(most)]);
        }
    }
}
