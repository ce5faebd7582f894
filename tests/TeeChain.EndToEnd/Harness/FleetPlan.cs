namespace TeeChain.EndToEnd.Harness;

/// <summary>What a <see cref="Fleet"/> consists of.</summary>
internal sealed record FleetPlan
{
    public int Nodes { get; init; } = 3;

    /// <summary>Whether there is an HAProxy before it.</summary>
    public bool HasFront { get; init; }

    /// <summary>Whether each node lists all the nodes behind it as its successors, and not only the next.</summary>
    public bool HasSpares { get; init; }

    /// <summary>Whether nodes and HAProxy speak TLS, and nodes show each other certificates.</summary>
    public bool HasTls { get; init; }

    /// <summary>How long every application takes for a write.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Changes what node <c>number</c> (from 0, the head) is started with: timeouts, journal sizes, other flags.</summary>
    public Func<int, NodeFlags, NodeFlags> Adjust { get; init; } = (_, flags) => flags;
}
