using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>
/// As TeeProxy.Ingress, PendingWrites and LevelGate: a client's write is admitted, recorded, delivered, and answered once the
/// ack level is reached.
/// </summary>
internal sealed class Pending(Node node, AckLevel level)
{
    private readonly Dictionary<long, Action> _recorded = [];
    private readonly SortedDictionary<long, Action> _held = [];
    private long _reached;
    private bool _isOpen = level == AckLevel.Local;

    /// <summary>A client's write. <paramref name="answered"/> is called when its client may be told; never when it is refused.</summary>
    public async Task WriteAsync(long write, Action<JournalPosition> answered)
    {
        if (await node.Office.AdmitAsync(CancellationToken.None) is Admittance.Admitted && !node.Machine.Application.IsDown)
        {
            node.Journal.Append(EntryKind.Write, write, null, null, position => _recorded[position.Sequence] = () => answered(position), static _ => { });
        }
    }

    public async Task RunAsync()
    {
        while (true)
        {
            var before = node.Member.Standing.Current.Membership;
            Judge();
            await node.Member.Standing.WaitAsync(now => !ReferenceEquals(now.Membership, before), CancellationToken.None);
        }
    }

    /// <summary>The application has answered.</summary>
    public void Applied(long sequence)
    {
        if (_recorded.Remove(sequence, out var answered))
        {
            if (_isOpen || sequence <= _reached)
            {
                answered();
            }
            else
            {
                _held[sequence] = answered;
            }
        }
    }

    /// <summary>Why the ack level is not reached.</summary>
    public string Explain(long sequence) => CountingRule.Explain(Facts, sequence);

    private CountingRule.Facts Facts => new(level, node.Next.Current.Addresses.Count > 0, [.. node.Membership.Counted], node.Rows.Rows)
    {
        Announced = [.. node.Membership.Announced.Select(static one => one.Node)],
        Removed = node.Membership.Removed,
    };

    /// <summary>A row or the membership changed.</summary>
    public void Judge()
    {
        if (level == AckLevel.Local)
        {
            return;
        }

        var reached = CountingRule.Reached(Facts);
        _isOpen = reached == CountingRule.Everything;
        _reached = _isOpen ? _reached : Math.Max(_reached, reached);
        while (_held.Count > 0 && _held.First() is var (sequence, answered) && (_isOpen || sequence <= _reached))
        {
            _held.Remove(sequence);
            answered();
        }
    }
}
