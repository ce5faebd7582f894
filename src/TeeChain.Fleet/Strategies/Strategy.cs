using System.Collections.Frozen;
using Yarp.ReverseProxy.LoadBalancing;

namespace TeeChain.Fleet.Strategies;

/// <summary>
/// The ways to choose the worker of a read, by the names that operators write. All are YARP's own; one that is not would be a class
/// in this folder that implements <see cref="ILoadBalancingPolicy"/>.
/// </summary>
internal static class Strategy
{
    /// <summary>The fairest where workers are alike, and what operators expect.</summary>
    public const string Default = "round-robin";

    private static readonly FrozenDictionary<string, string> Policies = new Dictionary<string, string>
    {
        [Default] = LoadBalancingPolicies.RoundRobin,
        ["random"] = LoadBalancingPolicies.Random,
        ["least-requests"] = LoadBalancingPolicies.LeastRequests,
        ["power-of-two-choices"] = LoadBalancingPolicies.PowerOfTwoChoices,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Policies.Keys.Order(StringComparer.Ordinal);

    /// <summary>What YARP calls it; null when there is none of that name.</summary>
    public static string? PolicyOf(string name) => Policies.GetValueOrDefault(name);
}
