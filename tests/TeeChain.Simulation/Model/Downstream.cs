using TeeProxy.Chain;
using TeeProxy.Hop;

namespace TeeChain.Simulation.Model;

/// <summary>As TeeProxy.Hop.SuccessorList: one link has the stream, those before it are brought up to date when they are back.</summary>
internal sealed class Downstream(Node node)
{
    private IReadOnlyList<Link> _links = [];
    private int _current;

    /// <summary>The link that has the stream; null on a tail.</summary>
    public Link? Current => _links.Count == 0 ? null : _links[_current];

    public bool IsFirstConnected => _links.Count == 0 || (_current == 0 && _links[0].IsConnected);

    public async Task RunAsync()
    {
        while (true)
        {
            var list = node.Next.Current;
            _links = [.. list.Addresses.Select(address => new Link(node, address))];
            _current = 0;
            Assign();
            var running = _links.Select(static link => link.RunAsync()).ToArray();
            while (ReferenceEquals(node.Next.Current, list))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), node.Time, CancellationToken.None);
                foreach (var ended in running.Where(static link => link.IsCompleted))
                {
                    await ended; // None does before it is stopped, but by a failure.
                }

                if (_links.Count > 0 && BypassRule.Choose(_current, [.. _links.Select(static link => link.Look())], node.Journal.Last.Sequence) is var chosen && chosen != _current)
                {
                    node.World.Say($"{node.Process.Name}: its stream moves from {_links[_current].Address} to {_links[chosen].Address}");
                    _current = chosen;
                    Assign();
                }
            }

            foreach (var link in _links)
            {
                link.Stop();
            }

            await Task.WhenAll(running);
        }
    }

    private void Assign()
    {
        for (var i = 0; i < _links.Count; i++)
        {
            _links[i].Assign(i < _current ? LinkPart.CatchUp : i == _current ? LinkPart.Stream : LinkPart.Spare);
        }
    }
}
