using System.Diagnostics.Metrics;

namespace TeeProxy.Status;

/// <summary>What a measurement of an instrument means.</summary>
internal enum InstrumentKind
{
    /// <summary>Added to a total that only grows.</summary>
    Counter,

    /// <summary>The total itself, asked for at each scrape.</summary>
    ObservedCounter,

    /// <summary>Added to a value that goes both ways.</summary>
    UpDownCounter,

    /// <summary>The value itself.</summary>
    Gauge,

    /// <summary>The value itself, asked for at each scrape.</summary>
    ObservedGauge,

    /// <summary>One observation among many.</summary>
    Histogram,
}

/// <summary>Reads the kind off an instrument's type.</summary>
internal static class InstrumentKinds
{
    private static readonly Dictionary<Type, InstrumentKind> ByType = new()
    {
        [typeof(Counter<>)] = InstrumentKind.Counter,
        [typeof(ObservableCounter<>)] = InstrumentKind.ObservedCounter,
        [typeof(UpDownCounter<>)] = InstrumentKind.UpDownCounter,
        [typeof(ObservableUpDownCounter<>)] = InstrumentKind.ObservedGauge,
        [typeof(Gauge<>)] = InstrumentKind.Gauge,
        [typeof(ObservableGauge<>)] = InstrumentKind.ObservedGauge,
        [typeof(Histogram<>)] = InstrumentKind.Histogram,
    };

    /// <summary>Null for a type that is none of .NET's seven.</summary>
    public static InstrumentKind? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        return type.IsGenericType && ByType.TryGetValue(type.GetGenericTypeDefinition(), out var kind) ? kind : null;
    }
}
