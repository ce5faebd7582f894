using System.Diagnostics;
using System.Net;
using Compare.Wire;
using LoadTest.Measures;

namespace Compare.Load;

/// <summary>
/// Writes and reads at constant rates to one address, whether or not earlier ones are answered. Latencies count from the moment at
/// which a request was due.
/// </summary>
internal sealed class OpenLoop(IPEndPoint target, WriteRequest write, ReadRequest read, Ledger ledger) : IDisposable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(30);

    private readonly Poller _poller = new();
    private readonly List<Flight> _flights = [];
    private readonly Stack<Flight> _idle = [];
    private readonly Flow _writes = new();
    private readonly Flow _reads = new();

    /// <summary>What became of the writes, and of the reads.</summary>
    public (LoadResult Writes, LoadResult Reads) Run(int writesPerSecond, int readsPerSecond, TimeSpan duration)
    {
        var begun = Stopwatch.GetTimestamp();
        _writes.Begin(begun, writesPerSecond);
        _reads.Begin(begun, readsPerSecond);
        var end = begun + ToStamp(duration);
        for (long now; (now = Stopwatch.GetTimestamp()) < end + ToStamp(LastAnswers);)
        {
            while (Math.Min(_writes.Due, _reads.Due) is var due && due <= now && due < end)
            {
                Depart(_writes.Due <= _reads.Due ? _writes : _reads);
            }

            var isOver = Math.Min(_writes.Due, _reads.Due) >= end;
            if (isOver && _writes.UnderWay + _reads.UnderWay == 0)
            {
                break;
            }

            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), isOver ? end + ToStamp(LastAnswers) : Math.Min(_writes.Due, _reads.Due));
            foreach (var tag in _poller.Wait(wait > TimeSpan.Zero ? wait : TimeSpan.Zero))
            {
                Arrive(_flights[tag]);
            }
        }

        return (_writes.Result(duration), _reads.Result(duration));
    }

    public void Dispose()
    {
        foreach (var flight in _flights)
        {
            flight.Connection?.Dispose();
        }

        _poller.Dispose();
    }

    private static long ToStamp(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    private void Depart(Flow flow)
    {
        if (!_idle.TryPop(out var flight))
        {
            flight = new Flight();
            _flights.Add(flight);
        }

        if (flight.Connection is null)
        {
            flight.Connection = Connection.Open(target);
            _poller.Add(flight.Connection.Socket, _flights.IndexOf(flight));
        }

        flight.Flow = flow;
        flight.DueAt = flow.Depart();
        flight.Id = flow == _writes ? ledger.NextId() : 0;
        _ = flight.Connection.Send(flow == _writes ? write.Build(flight.Id) : read.Build(0));
    }

    private void Arrive(Flight flight)
    {
        if (flight.Connection is not { } connection)
        {
            return;
        }

        var isOpen = connection.Receive();
        var isWhole = HttpMessage.TryRead(connection.Read, out var answer);
        if (isOpen && !isWhole)
        {
            return;
        }

        if (flight.Flow is { } flow)
        {
            var isGood = isWhole && connection.Read[9] == '2';
            flow.Arrive(isGood, flight.DueAt);
            if (isGood && flight.Id > 0)
            {
                ledger.Acknowledge(flight.Id);
            }

            flight.Flow = null;
            _idle.Push(flight);
        }

        connection.Take(isWhole ? answer.Length : 0);
        if (!isOpen || answer.Closes)
        {
            connection.Dispose();
            flight.Connection = null;
        }
    }

    private sealed class Flight
    {
        public Connection? Connection { get; set; }

        /// <summary>Null while it waits for work.</summary>
        public Flow? Flow { get; set; }

        public long DueAt { get; set; }

        public int Id { get; set; }
    }

    private sealed class Flow
    {
        private LatencyHistogram _latencies = new();
        private int _answered;
        private int _failed;
        private double _due;
        private double _distance;

        public long Due => (long)_due;

        public int UnderWay { get; private set; }

        public void Begin(long now, int perSecond)
        {
            (_latencies, _answered, _failed, UnderWay) = (new LatencyHistogram(), 0, 0, 0);
            _distance = perSecond > 0 ? (double)Stopwatch.Frequency / perSecond : double.MaxValue / 2;
            // Half a step in, so that two flows do not always meet.
            _due = perSecond > 0 ? now + (_distance / 2) : long.MaxValue;
        }

        public long Depart()
        {
            var due = Due;
            _due += _distance;
            UnderWay++;
            return due;
        }

        public void Arrive(bool isGood, long dueAt)
        {
            UnderWay--;
            if (isGood)
            {
                _answered++;
                _latencies.Record(Stopwatch.GetElapsedTime(dueAt));
            }
            else
            {
                _failed++;
            }
        }

        public LoadResult Result(TimeSpan duration) => new(_answered, _failed + UnderWay, duration, _latencies);
    }
}
