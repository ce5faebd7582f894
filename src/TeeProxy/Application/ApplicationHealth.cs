namespace TeeProxy.Application;

/// <summary>
/// What is known of the local application: written by the health probe and by delivery, read by admission and status.
/// Thread-safe; a reader sees one consistent <see cref="State"/>.
/// </summary>
internal sealed class ApplicationHealth
{
    private volatile State _current = new(false, "it has not been asked yet");

    /// <summary>Up or down, and why.</summary>
    internal sealed record State(bool IsUp, string? Why);

    public State Current => _current;

    /// <summary>True when this changed the state.</summary>
    public bool ReportUp() => Change(new State(true, null));

    /// <summary>True when this changed up to down; a new reason alone is no change.</summary>
    public bool ReportDown(string why) => Change(new State(false, why));

    private bool Change(State next) => Interlocked.Exchange(ref _current, next).IsUp != next.IsUp;
}
