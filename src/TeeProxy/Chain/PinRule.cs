namespace TeeProxy.Chain;

/// <summary>What <c>--role</c> makes of the durable role when a node starts. Pure.</summary>
internal static class PinRule
{
    /// <summary>The membership to begin with, or why the node must not start.</summary>
    public static (Membership? Membership, string? Refusal) Apply(Membership membership, RolePin pin) => (pin, membership.Role) switch
    {
        (RolePin.Auto, _) or (RolePin.Head, Role.Head) or (RolePin.Replica, Role.Replica) => (membership, null),
        (RolePin.Head, _) when membership.Chain is null => (membership with { Role = Role.Undecided }, null),
        (RolePin.Replica, _) when membership.Chain is null => (membership with { Role = Role.Replica }, null),
        (RolePin.Head, _) => (null, $"--role head, but this node is a replica of chain {membership.Chain} (epoch {membership.Epoch}); a replica becomes the head by promotion only"),
        _ => (null, $"--role replica, but this node is the head of chain {membership.Chain} (epoch {membership.Epoch}); give it an empty --data to make it a new replica"),
    };
}
