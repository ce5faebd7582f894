namespace TeeProxy.Status;

/// <summary>
/// Turns what the instruments of one meter say into the Prometheus text format 0.0.4. Asked by <c>/metrics</c>;
/// which of the two implementations it is, is decided by <see cref="MetricsExporter"/> when the program is built.
/// Thread-safe.
/// </summary>
internal interface IMetricsExporter : IDisposable
{
    /// <summary>Reads the observable instruments and writes all series. What was begun by a cancelled call may be half written.</summary>
    Task WriteAsync(Stream to, CancellationToken cancellation);
}
