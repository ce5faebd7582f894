using LoadTest.Checks;
using TeeProxy.Tests;

namespace LoadTest.Tests;

public sealed class WallsTests
{
    [Fact]
    public void Rules_and_reports_are_pure()
    {
        var pure = typeof(WriteRule).Assembly.GetTypes().Where(type => Outermost(type).Name is var name
            && (name.EndsWith("Rule", StringComparison.Ordinal) || name is "HtmlReport" or "TextReport" or "CsvReport" or "SvgPlot" or "Axis" or "Schedule")).ToArray();
        Assert.True(pure.Length >= 8, "the rules were not found");

        Assert.Empty(pure.SelectMany(type => TypeReferences.Of(type).Where(IsImpure).Select(known => $"{type.FullName} knows {known.FullName}")));
    }

    [Fact]
    public void The_load_test_shares_nothing_but_the_protocol_with_what_it_tests() =>
        Assert.Equal(["TeeChain.Protocol"], typeof(WriteRule).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("Tee", StringComparison.Ordinal)));

    private static bool IsImpure(Type type) =>
        type == typeof(TimeProvider) || type == typeof(DateTime) || type == typeof(Random) || type == typeof(Environment)
        || type.Namespace is "System.IO" or "System.Net.Http" or "System.Threading" or "System.Threading.Tasks" or "System.Diagnostics";

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
