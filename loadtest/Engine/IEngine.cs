namespace LoadTest.Engine;

/// <summary>Requests of one kind at one rate.</summary>
/// <param name="SendAsync">Sends one and ends when it has come to its end. It never throws; it may run beside itself any number of times.</param>
internal sealed record Flow(double RatePerSecond, Func<Moment, Task> SendAsync);

/// <summary>When a request was meant to be sent: latencies count from here, however late it was sent.</summary>
/// <param name="Due">Since the beginning of the run.</param>
/// <param name="Timestamp">The same moment as <see cref="TimeProvider.GetTimestamp"/> tells it.</param>
internal readonly record struct Moment(TimeSpan Due, long Timestamp);

/// <summary>
/// An open model: whoever implements it starts every request at its time, or late rather than never, and waits for no answer before it
/// sends the next.
/// </summary>
internal interface IEngine
{
    /// <summary>For the report.</summary>
    string Name { get; }

    /// <summary>Ends when every request has come to its end.</summary>
    Task RunAsync(IReadOnlyList<Flow> flows, TimeSpan duration, CancellationToken cancellation);
}
