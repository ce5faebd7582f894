using CommandLine;
using TeeChain.Fleet.Gateway;
using TeeChain.Fleet.Options;
using TeeChain.Protocol;

namespace TeeChain.Fleet.Tests.Gateway;

public sealed class GatewayPlanTests : IDisposable
{
    private readonly string _secret = Path.GetTempFileName(); // readable by its owner alone

    public GatewayPlanTests() => File.WriteAllText(_secret, "0123456789abcdef0123456789abcdef\n");

    [Fact]
    public void Defaults_are_those_of_haproxy_cfg()
    {
        var plan = Of("--registry-url", "http://127.0.0.1:9400");

        Assert.Equal(new Address("127.0.0.1", 9080), plan.Options.Listen);
        Assert.Equal("RoundRobin", plan.Options.Policy);
        Assert.Equal(TimeSpan.FromMilliseconds(500), plan.Options.ProbeInterval);
        Assert.Equal(["POST", "PUT", "PATCH", "DELETE"], plan.Options.WriteMethods);
        Assert.True(plan.HasOwnPaths);
        Assert.False(plan.HasJsonLog);
        Assert.Null(plan.Registry);
    }

    [Fact]
    public void With_a_registry_it_is_here()
    {
        var plan = Of("--registry", "--secret-file", _secret, "--data", "/somewhere", "--tee-methods", "post,MKCOL", "--registry-paths", "off");

        Assert.Equal(new GatewayPlan.OwnRegistry(new Address("127.0.0.1", 9400), "/somewhere"), plan.Registry);
        Assert.Null(plan.RegistryUrl);
        Assert.False(plan.HasOwnPaths);
        Assert.Equal(["POST", "MKCOL"], plan.Options.WriteMethods);
        Assert.Equal(32, plan.Secret.Length);
    }

    [Theory]
    [InlineData("--registry-url")]
    [InlineData("one of --registry", "--registry", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("--secret-file", "--registry")]
    [InlineData("allowed: :9080", "--listen", "nowhere", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("allowed: :9400", "--registry-listen", "9400", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("allowed: a URL", "--registry-url", "nowhere")]
    [InlineData("round-robin", "--strategy", "fastest", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("100ms to 1m", "--health-interval", "2h", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("100ms to 1m", "--health-interval", "5", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("CONNECT", "--tee-methods", "POST,CONNECT", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("on, off", "--registry-paths", "maybe", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("--registry", "--data", "x", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("folder", "--stats-db", "/no/such/folder/x.db", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("text, json", "--log", "xml", "--registry-url", "http://127.0.0.1:9400")]
    [InlineData("cannot be read", "--secret-file", "/no/such/file", "--registry-url", "http://127.0.0.1:9400")]
    public void A_wrong_flag_is_told_with_what_is_allowed(string allowed, params string[] arguments)
    {
        var plan = GatewayPlan.Of(Parse(arguments), _ => null, out var wrong);

        Assert.Null(plan);
        Assert.Contains(allowed, wrong, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_secret);

    private static GatewayPlan Of(params string[] arguments)
    {
        var plan = GatewayPlan.Of(Parse(arguments), _ => null, out var wrong);
        Assert.Null(wrong);
        return plan!;
    }

    private static GatewayFlags Parse(string[] arguments) =>
        Assert.IsType<Parsed<GatewayFlags>>(Parser.Default.ParseArguments<GatewayFlags>(arguments)).Value;
}
