using System.Reflection;
using TeeChain.Fleet.Registry;
using TeeProxy.Tests;

namespace TeeChain.Fleet.Tests;

/// <summary>The walls around the fleet tool, read off the compiled code (docs/design.md, section 7).</summary>
public sealed class FleetWallsTests
{
    private static readonly Assembly Tool = typeof(FleetRegistry).Assembly;

    [Fact]
    public void The_fleet_tool_shares_nothing_but_the_protocol_with_the_node() =>
        Assert.Equal(["TeeChain.Protocol"], Tool.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("Tee", StringComparison.OrdinalIgnoreCase)));

    [Fact]
    public void Rules_are_pure()
    {
        var rules = Tool.GetTypes().Where(type => Outermost(type) is { Namespace: "TeeChain.Fleet.Registry" or "TeeChain.Fleet.Haproxy" or "TeeChain.Fleet.Up" or "TeeChain.Fleet.Processes" } outer && (outer.Name.EndsWith("Rule", StringComparison.Ordinal) || outer == typeof(Roster))).ToArray();
        Assert.True(rules.Length >= 4, "the rules were not found");

        Assert.Empty(rules.SelectMany(rule => TypeReferences.Of(rule).Where(IsImpure).Select(known => $"{rule.FullName} knows {known.FullName}")));
    }

    private static bool IsImpure(Type type) =>
        type == typeof(TimeProvider) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(Random) || type == typeof(Environment)
        || type.Namespace is "System.IO" or "System.Net" or "System.Net.Http" or "System.Threading" or "System.Threading.Tasks" or "System.Diagnostics";

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
