using TeeProxy.Chain;

namespace TeeChain.Simulation.Model;

/// <summary>
/// Clients that write at whatever node they take for the head: the one that took their last write, else anyone that is not
/// a replica of the chain.
/// </summary>
internal sealed class Clients(World world, Chronicle chronicle, IReadOnlyList<Machine> machines)
{
    private readonly int _pause = world.Pick([20, 60, 300]);
    private long _writes;

    public bool IsOn { get; set; } = true;

    public void Begin() => world.After(world.Next(1, _pause * 2), null, () =>
    {
        if (IsOn)
        {
            Write();
            Begin();
        }
    });

    private void Write()
    {
        // Before the chain is founded clients know where the first node is; a node whose folder was lost they do not ask.
        var machine = chronicle.Head is null ? machines[0] : world.Pick(machines);
        if (machine.Running is { } node && (chronicle.Head is null || node.Membership.Role == Role.Head))
        {
            var write = ++_writes;
            node.Process.Start(() => node.Pending.WriteAsync(write, position => chronicle.Tell(node, write, position)));
        }
    }
}
