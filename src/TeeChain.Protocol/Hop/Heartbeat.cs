using System.Buffers.Binary;
using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Hop;

/// <summary>
/// The head's pulse. Only the head originates it; everybody else relays it, so a stopped or cut-off node takes the
/// leases behind it with it. Before a chain is founded each predecessor sends <see cref="Nobody"/> to show it is there.
/// <code>
///  incarnation (8)  counter (8)  last sequence (8)  epoch (8)  view: the chain as the head sees it, UTF-8 JSON, may be empty
/// </code>
/// </summary>
/// <param name="Incarnation">Random per start of the head: a counter is comparable only within one.</param>
/// <param name="Counter">Rises by one a beat.</param>
/// <param name="LastSequence">The head's last durable record at the beat.</param>
/// <param name="Epoch">The head's epoch.</param>
public readonly record struct Heartbeat(long Incarnation, long Counter, long LastSequence, long Epoch)
{
    /// <summary>The beat of a node that has no head: proves the stream alive and nothing else.</summary>
    public static readonly Heartbeat Nobody;

    private const int Bytes = 32;

    /// <summary>Whether a head stands behind this beat.</summary>
    public bool IsOfHead => Epoch > 0;

    /// <summary>A frame of it, header room included.</summary>
    public byte[] ToFrame(ReadOnlySpan<byte> view)
    {
        var frame = new byte[FrameCodec.HeaderBytes + Bytes + view.Length];
        var payload = frame.AsSpan(FrameCodec.HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload, Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], Counter);
        BinaryPrimitives.WriteInt64LittleEndian(payload[16..], LastSequence);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], Epoch);
        view.CopyTo(payload[Bytes..]);
        return frame;
    }

    /// <summary>Reads a payload and what stands behind it.</summary>
    /// <exception cref="DamagedFrameException">It is too short.</exception>
    public static Heartbeat Read(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> view)
    {
        if (payload.Length < Bytes)
        {
            throw new DamagedFrameException("a heartbeat that is too short");
        }

        view = payload[Bytes..];
        return new Heartbeat(
            BinaryPrimitives.ReadInt64LittleEndian(payload),
            BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[24..]));
    }
}
