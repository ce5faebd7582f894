using System.Diagnostics.Metrics;

namespace TeeProxy.Status;

/// <summary>Takes the measurements of one instrument; called on the measured paths, so it must be quick, and from many threads.</summary>
internal interface IMeasurementSink
{
    void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags);
}

/// <summary>Brings the measurements of one meter, and of no other, to the sinks of an exporter.</summary>
internal sealed class MeterFeed : IDisposable
{
    private readonly MeterListener _listener = new();

    /// <summary>Listens at once. <paramref name="sinkOf"/> is asked once for each instrument, also for those made later.</summary>
    public MeterFeed(Meter meter, Func<Instrument, InstrumentKind, IMeasurementSink> sinkOf)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && InstrumentKinds.Of(instrument) is { } kind)
            {
                listener.EnableMeasurementEvents(instrument, sinkOf(instrument, kind));
            }
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, sink) => Record(sink, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, sink) => Record(sink, (double)value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments, on this thread. Throws what their callbacks throw, after having asked all.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private static void Record(object? sink, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((IMeasurementSink)sink!).Record(value, tags);
}
