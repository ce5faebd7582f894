namespace TeeProxy.Chain;

/// <summary>Whether this node may take a client's write now. Nothing has been recorded when it may not.</summary>
internal abstract record Admittance
{
    private Admittance()
    {
    }

    /// <summary>This node is the confirmed head.</summary>
    internal sealed record Admitted : Admittance
    {
        public static readonly Admitted Instance = new();
    }

    /// <summary>Another node is the head: 421.</summary>
    /// <param name="HeadAddress">Where it listens, when known.</param>
    internal sealed record Misdirected(string? HeadAddress) : Admittance;

    /// <summary>This node is or may become the head, but may not take writes yet: 503.</summary>
    /// <param name="Why">What it waits for and what to do.</param>
    internal sealed record NotYet(string Why) : Admittance;

    /// <summary>This node cannot write down that it leads, since its disk has no room: 507.</summary>
    internal sealed record DiskFull : Admittance
    {
        public static readonly DiskFull Instance = new();
    }
}
