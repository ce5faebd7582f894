namespace TeeProxy.Chain;

/// <summary>
/// To which of its listed successors a node streams: to the first that is of use. A silent one is gone past, never one
/// that is merely slow; one that is back is brought up to date beside the stream, and then has it again. Pure.
/// </summary>
internal static class BypassRule
{
    /// <summary>How long a successor is silent before it is gone past: longer than a lease, so that a restart is waited for.</summary>
    public static readonly TimeSpan Patience = Pulse.Interval * 6;

    /// <summary>How many records may still be on their way when a bypassed node takes the stream back: they follow in a moment.</summary>
    public const long CloseEnough = 256;

    /// <summary>A listed successor as it is seen now.</summary>
    /// <param name="Silent">Since it last showed itself to be of use: by an ack, or by an answer that asks for patience.</param>
    /// <param name="Acked">What it holds of the journal, while a stream to it is open; else null.</param>
    internal sealed record Candidate(TimeSpan Silent, long? Acked);

    /// <summary>The index of the one that gets the stream.</summary>
    /// <param name="current">The one that has it.</param>
    /// <param name="last">The last record of the own journal.</param>
    public static int Choose(int current, IReadOnlyList<Candidate> listed, long last)
    {
        for (var earlier = 0; earlier < current; earlier++)
        {
            if (listed[earlier].Acked is { } acked && acked >= last - CloseEnough)
            {
                return earlier;
            }
        }

        return listed[current].Silent >= Patience && current + 1 < listed.Count ? current + 1 : current;
    }
}
