namespace TeeChain.Simulation.Model;

/// <summary>
/// After the storm everything is mended, and the chain must be whole again: by itself where nothing was lost, and by what
/// the operators are told to do where something was.
/// </summary>
internal sealed class Doctor(World world, Net net, Chronicle chronicle, Operators operators, Schedule schedule, IReadOnlyList<Machine> machines)
{
    public void Heal()
    {
        world.Say("the storm is over");
        net.MendAll();
        foreach (var machine in machines)
        {
            machine.Application.IsDown = false;
            if (!machine.IsUp)
            {
                machine.Start();
            }

            machine.Node!.Process.Slowness = 0;
            machine.Node.Process.Continue();
        }

        Pass(15);
        if (chronicle.Head is null || machines.All(machine => machine.Node!.Membership.Chain != chronicle.Chain))
        {
            return; // No write was ever taken, or no folder is left that knows of one.
        }

        EnsureHead();
        var head = chronicle.Head;
        schedule.Order.Remove(head);
        schedule.Order.Insert(0, head);
        schedule.RewireAll();
        Pass(20);
        SeedAnew(head);
        Pass(20);
        CheckAgreement(head);
    }

    private void Pass(int seconds) => world.RunUntil(world.Now + (seconds * 1000));

    private static bool Leads(Machine? machine) => machine?.Running?.Member.Standing.Current.MayTakeWrites == true;

    /// <summary>An interrupted promotion is tried again; then past nodes whose folder is gone. Where something was lost or forced before, with all force.</summary>
    private void EnsureHead()
    {
        var present = machines.Select(static machine => machine.Node!.Membership.Node).ToHashSet();
        var heardOf = EverHeardOf();
        var isWhole = machines.All(static machine => machine.LostAt < 0) && !operators.HaveForced;
        foreach (var forced in new HashSet<Guid>[] { [], [.. heardOf.Except(present)], isWhole ? [] : [.. heardOf] })
        {
            foreach (var machine in Candidates())
            {
                if (Leads(chronicle.Head))
                {
                    return;
                }

                operators.Promote(machine.Node!, forced);
                Pass(12);
            }
        }

        if (!Leads(chronicle.Head))
        {
            throw new BrokenPromiseException("no node can be made the head");
        }
    }

    private Machine[] Candidates() => [.. machines.Where(machine => machine.Node!.Membership.Chain == chronicle.Chain)
        .OrderByDescending(static machine => (machine.Node!.Membership.Epoch, machine.Disk.Last.Epoch, machine.Disk.Last.Sequence))];

    /// <summary>By any node: also heads whose folder is gone, and who nobody else remembers.</summary>
    private HashSet<Guid> EverHeardOf() => [.. machines.Select(static machine => machine.Node!.Membership)
        .SelectMany(static membership => membership.Others.Select(static other => other.Node).Append(membership.Head ?? membership.Node).Append(membership.Node))];

    /// <summary>A node that refuses, or is refused, for a cause is set up anew and joins; what it was is removed.</summary>
    private void SeedAnew(Machine head)
    {
        foreach (var machine in machines.Where(machine => machine != head && !IsInStep(machine, head) && HasCause(machine, head)))
        {
            schedule.Empty(machine);
        }

        var present = machines.Select(static machine => machine.Node!.Membership.Node).ToHashSet();
        foreach (var ghost in machines.SelectMany(static machine => machine.Node!.Membership.Known).Select(static known => known.Node).Distinct().Where(known => !present.Contains(known)))
        {
            operators.Remove(head.Node!, ghost);
        }
    }

    private bool HasCause(Machine machine, Machine head) =>
        machine.LostAt >= 0 || head.LostAt >= 0 || chronicle.IsLeftBehind(machine.Node!.Membership.Node) || machine.Node.Membership.Chain != chronicle.Chain;

    private static bool IsInStep(Machine machine, Machine head) =>
        machine.Running is { } node && machine.Disk.Last == head.Disk.Last && node.Applied == machine.Disk.Last.Sequence && node.Ready.Read.Ok;

    private void CheckAgreement(Machine head)
    {
        var answered = false;
        head.Node!.Process.Start(() => head.Node.Pending.WriteAsync(-1, position =>
        {
            answered = true;
            chronicle.Tell(head.Node, -1, position);
        }));
        Pass(10);
        foreach (var machine in machines)
        {
            if (!IsInStep(machine, head))
            {
                throw new BrokenPromiseException($"{machine.Name} does not get in step with the head {head.Name}: {machine.Running?.Ready.Read.Why}; {machine.Disk.Last} (head {head.Disk.Last}), "
                    + $"applied {machine.Node!.Applied}; {string.Join("; ", machines.Select(one => $"{one.Name}: {one.Node!.Membership.Role} in {one.Node.Membership.Epoch}, {one.Node.Downstream.Current?.Address}: {one.Node.Downstream.Current?.Why}"))}");
            }

            if (machine.LostAt < 0 && head.LostAt < 0 && !machine.Application.Writes.SequenceEqual(head.Application.Writes))
            {
                throw new BrokenPromiseException($"the applications of {machine.Name} and of the head {head.Name} do not hold the same");
            }
        }

        if (!answered)
        {
            throw new BrokenPromiseException($"a write to a chain that is whole was not answered: {head.Node.Pending.Explain(head.Disk.Last.Sequence)}");
        }
    }
}
