using System.Text.Json;
using TeeChain.Protocol;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Status;

namespace TeeProxy.Acks;

/// <summary>
/// What the nodes on one side of this one have reached, as the present stream tells: those behind it, nearest first, by acks;
/// those before it, the first of the chain first, with the heartbeats. What an older stream told is discarded at its end,
/// and at every opening. One writer (the stream), any reader.
/// </summary>
/// <param name="changed">Told the rows after each change, on the stream's thread.</param>
/// <param name="time">By which rows age; null for the system's.</param>
internal sealed class RowTable(Action<IReadOnlyList<RowTable.Row>>? changed = null, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private volatile IReadOnlyList<Row> _rows = [];

    /// <summary>A row with its detail remembered, as it came and as it reads: on the wire a detail travels only when it changed.</summary>
    internal sealed record Row(AckRow Ack, NodeDetail? Detail)
    {
        /// <summary>When the node itself was heard of, whoever passed it on: a timestamp of this process's clock.</summary>
        public long HeardAt { get; init; }
    }

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>A row as it is to be passed on now.</summary>
    public AckRow Aged(Row row) => row.Ack with { Age = _time.GetElapsedTime(row.HeardAt) };

    /// <summary>A stream opens or has ended.</summary>
    public void Clear() => Publish([]);

    public void Update(IReadOnlyList<AckRow> acks)
    {
        var old = _rows;
        var now = _time.GetTimestamp();
        var rows = new Row[acks.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var ack = acks[i];
            var row = ack.Detail.IsEmpty
                ? Remembered(ack, old.FirstOrDefault(row => row.Ack.Node == ack.Node))
                : Fresh(ack);
            rows[i] = row with { HeardAt = now - (long)(ack.Age.TotalSeconds * _time.TimestampFrequency) };
        }

        Publish(rows);
    }

    private void Publish(IReadOnlyList<Row> rows)
    {
        _rows = rows;
        changed?.Invoke(rows);
    }

    private static Row Fresh(AckRow ack) => Read(ack.Detail) is { } detail ? new Row(ack, detail) : new Row(ack with { Detail = default }, null);

    private static Row Remembered(AckRow ack, Row? old) => new(ack with { Detail = old?.Ack.Detail ?? default }, old?.Detail);

    private static NodeDetail? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, ProtocolJson.Default.NodeDetail);
        }
        catch (JsonException)
        {
            return null; // It is for people only; a version that says it otherwise shall not stop the acks.
        }
    }
}
