using TeeChain.Journaling;

namespace TeeProxy.Acks;

/// <summary>What became of a client's write, as far as its client may be told.</summary>
internal abstract record WriteResult
{
    private WriteResult()
    {
    }

    /// <summary>The ack level is reached; the application's answer goes to the client.</summary>
    internal sealed record Answered(long Sequence, Answer Answer) : WriteResult;

    /// <summary>The journal did not take it, or cannot say whether it did (<see cref="AppendFailure.Ambiguous"/>).</summary>
    internal sealed record Unrecorded(AppendFailure Failure) : WriteResult;

    /// <summary>It is recorded and will be delivered, but nobody can say yet what the application answers.</summary>
    internal sealed record Undetermined(long Sequence, string Why) : WriteResult;
}
