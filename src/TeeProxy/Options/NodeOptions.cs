using TeeChain.Protocol;
using TeeChain.Protocol.Tls;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Delivery.Comparing;
using TeeProxy.Delivery.Keys;

namespace TeeProxy.Options;

/// <summary>What the command line asked for, checked. Every range and default stands in <see cref="RunArguments"/>.</summary>
internal sealed record NodeOptions
{
    public required Address Listen { get; init; }

    public required Address Admin { get; init; }

    /// <summary>The application.</summary>
    public required Address Local { get; init; }

    /// <summary>The successors' listen addresses, the one preferred first; none on the tail.</summary>
    public required IReadOnlyList<Address> Next { get; init; }

    /// <summary>Whether a head lets go of the slowest node when the journal's budget is used up, instead of refusing writes.</summary>
    public required bool DetachesWhenFull { get; init; }

    public required RolePin Role { get; init; }

    /// <summary>Absolute path of the data folder; the journal is in it.</summary>
    public required string Data { get; init; }

    public required AckLevel Ack { get; init; }

    /// <summary>Within what order is kept; null: total order.</summary>
    public KeySpec? Key { get; init; }

    /// <summary>How many writes with different keys may be delivered side by side.</summary>
    public required int Lanes { get; init; }

    /// <summary>How long a replica's application may refuse a write before it is parked; null: for ever.</summary>
    public TimeSpan? ParkAfter { get; init; }

    public required TimeSpan AckTimeout { get; init; }

    /// <summary>Methods that are writes, upper case, ordered.</summary>
    public required IReadOnlyList<string> TeeMethods { get; init; }

    /// <summary>Path prefixes that are writes, case-sensitive, ordered; <c>/</c> for all.</summary>
    public required IReadOnlyList<string> TeePaths { get; init; }

    public required long MaxBodyBytes { get; init; }

    public required int MaxHeadBytes { get; init; }

    public required TimeSpan MaxLag { get; init; }

    /// <summary>What of the answers is compared. No shared setting: a digest says what it leaves out.</summary>
    public required CompareMode Compare { get; init; }

    /// <summary>What the comparison of bodies leaves out.</summary>
    public required AnswerMask CompareIgnore { get; init; }

    public required TimeSpan Retain { get; init; }

    public required long JournalMaxBytes { get; init; }

    public required TimeSpan AppTimeout { get; init; }

    /// <summary>Path asked of the application to see that it lives; null: that it accepts a connection is enough.</summary>
    public string? HealthPath { get; init; }

    public required TimeSpan HealthInterval { get; init; }

    public required TimeSpan Drain { get; init; }

    /// <summary>The shared secret; empty when none was given.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>What the node shows of itself at its start; null: it speaks without TLS.</summary>
    public Credentials? Tls { get; init; }

    public required bool JsonLog { get; init; }

    /// <summary>Where spans go; null: nothing is traced.</summary>
    public TracingOptions? Tracing { get; init; }

    /// <summary>Where this node announces itself; null: nowhere.</summary>
    public RegistrationOptions? Registration { get; init; }

    /// <summary>The settings that must be equal on all nodes, in words; nodes compare its digest.</summary>
    public string SharedSettings =>
        $"order={(Key is null ? "total" : $"key key={Key.Text}")} methods={string.Join(',', TeeMethods)} paths={string.Join(',', TeePaths)}";
}
