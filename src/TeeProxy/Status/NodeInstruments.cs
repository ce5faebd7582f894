using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using TeeChain.Protocol.Status;

namespace TeeProxy.Status;

/// <summary>The node's state as instruments, read from its status at each scrape. What each means: docs/metrics.md.</summary>
internal sealed class NodeInstruments
{
    private readonly Meter _meter;
    private readonly StatusScrape _scrape;
    private int _made;

    /// <summary>Adds them to <paramref name="meter"/>, which keeps them; <paramref name="status"/> is called at scrapes only.</summary>
    /// <param name="journalMaxBytes">The journal's budget, as <c>--journal-max-bytes</c> says.</param>
    public NodeInstruments(Meter meter, Func<NodeStatus> status, long journalMaxBytes, TimeProvider time)
    {
        _meter = meter;
        _scrape = new StatusScrape(status, time);

        Gauge("journal_last_sequence", "{record}", "Sequence of the last record in this node's journal.", node => node.LastSequence);
        Gauge("journal_bytes", "By", "Bytes of the journal on disk.", node => node.JournalBytes);
        // The folder may well stand at its budget: what nobody needs is kept only as long as there is room. What is held alone fills it.
        Gauge("journal_held_bytes", "By", "Bytes of the journal that some node still needs.", node => node.HeldBytes);
        Gauge("journal_max_bytes", "By", "Bytes that the journal may hold.", _ => journalMaxBytes);
        Gauge("delivered_sequence", "{record}", "Last sequence before which nothing is left to deliver to this node's application.", node => node.AppliedSequence);
        Gauge("lag_entries", "{record}", "Records of the head, as far as known, that this node's application has not applied.", node => node.LagEntries);
        Gauge("lag_seconds", "s", "Age of the oldest record that this node's application has not applied.", node => node.LagSeconds);
        Gauge("parked", "{write}", "Writes that this node's application kept refusing, and that wait for an operator.", node => node.Parked);
        Gauge("chain_whole", "", "1 when each node from here to the tail streams to the first of its list.", node => One(node.Whole));
        Gauge("epoch", "", "Epoch that this node obeys.", node => node.Epoch);
        Gauge("application_up", "", "1 when this node's application answers its health check.", node => One(node.Application.Up));
        Total("redelivered_total", "{write}", "Writes delivered to this node's application more than once, marked.", node => node.Redelivered);
        Total("divergence_total", "{write}", "Writes that this node's application answered differently from the head's.", node => node.Divergences);

        // Absent on a tail: an alert on 0 must not ring there.
        Each("next_acked_sequence", "{record}", "Last sequence on the next node's disk, as far as known.",
            node => node.Next is { } next ? [new(next.AckedSequence)] : []);
        Each("next_connected", "", "1 when entries flow to the next node.",
            node => node.Next is { } next ? [new(One(next.Connected))] : []);

        Each("certificate_expires_timestamp_seconds", "s", "When this node's certificate expires, as Unix time; absent without TLS.",
            node => node.Tls is { } tls ? [new(tls.Expires.ToUnixTimeSeconds())] : []);

        Each("role", "", "1 for the role that this node has.",
            node => [.. Roles.Select(role => new Measurement<double>(One(node.Role == role), new KeyValuePair<string, object?>("role", role)))]);
        Each("build_info", "", "Always 1; the labels say what runs.",
            node => [new(1, new("version", node.Version), new("runtime", RuntimeInformation.FrameworkDescription))]);
    }

    private static IReadOnlyList<string> Roles { get; } = ["undecided", "head", "replica"];

    private static double One(bool claim) => claim ? 1 : 0;

    private void Gauge(string name, string unit, string text, Func<NodeStatus, double> read)
    {
        var number = _made++;
        _meter.CreateObservableGauge("teechain_" + name, () => read(_scrape.For(number)), unit, text);
    }

    private void Total(string name, string unit, string text, Func<NodeStatus, double> read)
    {
        var number = _made++;
        _meter.CreateObservableCounter("teechain_" + name, () => read(_scrape.For(number)), unit, text);
    }

    private void Each(string name, string unit, string text, Func<NodeStatus, IEnumerable<Measurement<double>>> read)
    {
        var number = _made++;
        _meter.CreateObservableGauge("teechain_" + name, () => read(_scrape.For(number)), unit, text);
    }
}
