namespace TeeChain.Protocol.Registration;

/// <summary>What the registry answers to an announcement that it takes.</summary>
/// <param name="LeaseSeconds">How long it holds.</param>
/// <param name="RenewSeconds">When the next is expected.</param>
/// <param name="HasChain">Whether the fleet has a chain: then a node that is in none has nothing to show to readers.</param>
public sealed record Grant(double LeaseSeconds, double RenewSeconds, bool HasChain);
