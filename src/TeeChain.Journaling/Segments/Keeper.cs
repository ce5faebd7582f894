namespace TeeChain.Journaling.Segments;

/// <summary>Runs <see cref="Retention.Step"/> when it is poked, on a thread of its own: zeros for 64 MiB take long.</summary>
internal sealed class Keeper : IDisposable
{
    private readonly Retention _retention;
    private readonly Action<Exception> _onFault;
    private readonly AutoResetEvent _poked = new(false);
    private readonly Thread? _thread;
    private volatile bool _isClosed;

    public Keeper(Retention retention, bool isInline, Action<Exception> onFault)
    {
        _retention = retention;
        _onFault = onFault;
        if (!isInline)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "journal keeper" };
        }
    }

    public void Start()
    {
        _retention.Poke = Poke;
        _thread?.Start();
    }

    public void Dispose()
    {
        _isClosed = true;
        _poked.Set();
        _thread?.Join();
        _poked.Dispose();
    }

    private void Poke()
    {
        if (_thread is null)
        {
            Step();
        }
        else if (!_isClosed)
        {
            _poked.Set();
        }
    }

    private void Run()
    {
        while (!_isClosed)
        {
            _poked.WaitOne();
            Step();
        }
    }

    private void Step()
    {
        if (_isClosed)
        {
            return;
        }

        try
        {
            _retention.Step();
        }
        catch (Exception error)
        {
            _onFault(error);
        }
    }
}
