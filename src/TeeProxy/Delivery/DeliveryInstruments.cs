using System.Diagnostics.Metrics;

namespace TeeProxy.Delivery;

/// <summary>What delivery measures: <c>teechain_delivery_duration_seconds{outcome}</c>, one observation an attempt.</summary>
internal sealed class DeliveryInstruments(Meter meter, TimeProvider time)
{
    private static readonly KeyValuePair<string, object?> Delivered = new("outcome", "delivered");
    private static readonly KeyValuePair<string, object?> Unsent = new("outcome", "unsent");
    private static readonly KeyValuePair<string, object?> Lost = new("outcome", "lost");
    private static readonly KeyValuePair<string, object?> Unwelcome = new("outcome", "unwelcome");

    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "teechain_delivery_duration_seconds", "s", "Time of one attempt to deliver a write to the local application.");

    /// <summary>A timestamp for <see cref="Attempted"/>.</summary>
    public long Now => time.GetTimestamp();

    public void Attempted(long started, DeliveryResult result) => _duration.Record(
        time.GetElapsedTime(started).TotalSeconds,
        result switch
        {
            DeliveryResult.Unsent => Unsent,
            DeliveryResult.Lost => Lost,
            DeliveryResult.Unwelcome => Unwelcome,
            _ => Delivered,
        });
}
