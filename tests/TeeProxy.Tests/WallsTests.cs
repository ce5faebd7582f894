using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.InteropServices;
using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Acks;

namespace TeeProxy.Tests;

/// <summary>The walls between the parts of the node, read off the compiled code (docs/design.md, section 7).</summary>
public sealed class WallsTests
{
    private static readonly FrozenDictionary<Type, FrozenSet<Type>> Known =
        typeof(PendingWrite).Assembly.GetTypes().ToFrozenDictionary(type => type, type => TypeReferences.Of(type).ToFrozenSet());

    [Fact]
    public void Ingress_and_delivery_never_know_each_other()
    {
        Assert.Empty(Breaches(from: "TeeProxy.Ingress", to: "TeeProxy.Delivery"));
        Assert.Empty(Breaches(from: "TeeProxy.Delivery", to: "TeeProxy.Ingress"));
    }

    [Theory]
    [InlineData("TeeProxy.Ingress")]
    [InlineData("TeeProxy.Delivery")]
    [InlineData("TeeProxy.Hop")]
    public void Where_they_meet_knows_neither_of_them(string part) => Assert.Empty(Breaches(from: "TeeProxy.Acks", to: part));

    [Fact]
    public void Nobody_but_the_composition_knows_status()
    {
        var strangers = Known.Keys.Where(type => type.Namespace is { } own && own.StartsWith("TeeProxy.", StringComparison.Ordinal) && own != "TeeProxy.Status")
            .Where(type => Known[type].Any(known => known.Namespace == "TeeProxy.Status"));

        Assert.Empty(strangers.Select(type => type.FullName));
    }

    [Theory]
    [InlineData("TeeProxy.Ingress")]
    [InlineData("TeeProxy.Delivery")]
    [InlineData("TeeProxy.Hop")]
    [InlineData("TeeProxy.Status")]
    [InlineData("TeeProxy.Application")]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("System.Net")]
    public void The_chain_knows_nothing_of_how_it_is_spoken_or_served(string part) => Assert.Empty(Breaches(from: "TeeProxy.Chain", to: part));

    [Fact]
    public void The_rules_of_the_chain_are_pure()
    {
        var rules = Known.Keys.Where(type => type.Namespace is "TeeProxy.Chain" or "TeeProxy.Acks" && Outermost(type).Name.EndsWith("Rule", StringComparison.Ordinal)).ToArray();
        Assert.True(rules.Length >= 5, "the rules were not found");

        var breaches = rules.SelectMany(rule => Known[rule].Where(IsImpure).Select(known => $"{rule.FullName} knows {known.FullName}"));

        Assert.Empty(breaches);
    }

    [Fact]
    public void The_journal_knows_only_the_runtime() => Assert.Empty(BeyondRuntime(typeof(Journal).Assembly));

    [Fact]
    public void The_protocol_knows_only_the_runtime() => Assert.Empty(BeyondRuntime(typeof(HeaderNames).Assembly));

    [Fact]
    public void The_node_shares_nothing_but_the_protocol_with_the_fleet_tool() =>
        Assert.Equal(["TeeChain.Journaling", "TeeChain.Protocol"], OwnReferences(typeof(PendingWrite).Assembly)); // and see the fleet tool's own walls

    [Theory]
    [InlineData("TeeProxy.Chain")]
    [InlineData("TeeProxy.Hop")]
    [InlineData("TeeProxy.Acks")]
    [InlineData("TeeProxy.Ingress")]
    [InlineData("TeeProxy.Delivery")]
    public void What_announces_the_node_knows_nothing_of_the_chain_and_is_known_to_none_of_it(string part)
    {
        Assert.Empty(Breaches(from: "TeeProxy.Registration", to: part));
        Assert.Empty(Breaches(from: part, to: "TeeProxy.Registration"));
    }

    [Fact]
    public void The_scan_sees_what_is_known_in_signatures_fields_and_inside_methods()
    {
        Assert.NotEmpty(Breaches(from: "TeeProxy.Delivery", to: "TeeProxy.Acks"));
        Assert.NotEmpty(Breaches(from: "TeeProxy.Hop", to: "TeeChain.Protocol.Frames"));
        Assert.Contains(typeof(JournalInspection), Known[typeof(TeeProxy.Inspection.JournalCommand)].Items); // in a method's body only
        Assert.Contains(typeof(TeeProxy.Status.StatusSource), Known[typeof(Node)].Items);
        Assert.NotEmpty(BeyondRuntime(typeof(PendingWrite).Assembly));
    }

    private static IEnumerable<string> Breaches(string from, string to) =>
        from type in Known.Keys
        where IsIn(type, @from)
        from known in Known[type]
        where IsIn(known, to)
        select $"{type.FullName} knows {known.FullName}";

    private static bool IsIn(Type type, string part) => type.Namespace is { } own && (own == part || own.StartsWith(part + ".", StringComparison.Ordinal));

    private static bool IsImpure(Type type) =>
        type == typeof(TimeProvider) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(Random) || type == typeof(Environment)
        || type.Namespace is "System.IO" or "System.Net" or "System.Threading" or "System.Threading.Tasks" or "System.Diagnostics" or "TeeChain.Journaling";

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<string?> OwnReferences(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name).Where(name => name!.StartsWith("Tee", StringComparison.OrdinalIgnoreCase)).Order();

    private static IEnumerable<string?> BeyondRuntime(Assembly assembly) =>
        assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name)
            .Where(name => !File.Exists(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), name + ".dll")));
}
