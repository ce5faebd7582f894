using TeeChain.Protocol.Hop;

namespace TeeChain.Simulation.Model;

/// <summary>What travels on a stream beside openings and their answers.</summary>
internal abstract record Frame
{
    internal sealed record Entries(IReadOnlyList<Record> Records) : Frame;

    internal sealed record Beat(Heartbeat Heartbeat, ReadOnlyMemory<byte> View) : Frame;

    internal sealed record Acks(AckRow[] Rows) : Frame;
}

/// <summary>A stream or an opening came to nothing; it is tried again.</summary>
internal sealed class HopEndedException(string why) : Exception(why);
