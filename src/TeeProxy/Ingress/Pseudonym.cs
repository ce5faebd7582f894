using Microsoft.Extensions.Primitives;

namespace TeeProxy.Ingress;

/// <summary>The name under which this node stands in <c>Via</c>: there it is added to what passes, and looked for to find loops.</summary>
internal sealed record Pseudonym
{
    private readonly string _received11;
    private readonly string _received10;

    /// <param name="node">The node's id; its first 8 digits tell the nodes of a chain apart and fit into a log line.</param>
    public Pseudonym(Guid node)
    {
        Name = "teechain-" + node.ToString("N")[..8];
        _received11 = "1.1 " + Name;
        _received10 = "1.0 " + Name;
    }

    public string Name { get; }

    /// <summary>Whether a request has been here before.</summary>
    public bool IsIn(StringValues via)
    {
        foreach (var value in via)
        {
            if (value is not null && value.Contains(Name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One line: who handled it before, then this node and the protocol it got it by (RFC 9110 section 7.6.3).</summary>
    public string AppendTo(StringValues via, string protocol)
    {
        var own = protocol == HttpProtocol.Http10 ? _received10 : _received11;
        return via.Count == 0 ? own : $"{via}, {own}";
    }
}
