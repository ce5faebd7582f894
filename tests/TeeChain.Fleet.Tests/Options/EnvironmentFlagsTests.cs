using TeeChain.Fleet.Options;

namespace TeeChain.Fleet.Tests.Options;

public sealed class EnvironmentFlagsTests
{
    private static readonly Type[] Verbs = [typeof(GatewayFlags), typeof(StatusFlags), typeof(UpFlags), typeof(VerifyFlags)];

    [Fact]
    public void A_variable_stands_for_a_flag_and_is_beaten_by_it() => Assert.Equal(
        ["gateway", "--registry", "--strategy=random", "--listen", ":1", "--data=x"],
        Join(
            ["gateway", "--listen", ":1", "--data=x"],
            ("TEECHAIN_FLEET_GATEWAY_LISTEN", ":2"), ("TEECHAIN_FLEET_GATEWAY_DATA", "y"), ("TEECHAIN_FLEET_GATEWAY_REGISTRY", "true"), ("TEECHAIN_FLEET_GATEWAY_STRATEGY", "random")));

    [Fact]
    public void Each_verb_has_its_own_and_inherited_ones_count_too() => Assert.Equal(
        ["status", "--json", "--secret-file=a file"],
        Join(["status"], ("TEECHAIN_FLEET_GATEWAY_LISTEN", ":2"), ("TEECHAIN_FLEET_STATUS_JSON", "1"), ("TEECHAIN_FLEET_STATUS_WATCH", "0"), ("TEECHAIN_FLEET_STATUS_SECRET_FILE", "a file")));

    [Theory]
    [InlineData("-f")]
    [InlineData("-fother.yaml")]
    [InlineData("--file=other.yaml")]
    public void A_short_flag_beats_its_variable_too(string given) =>
        Assert.Equal(["up", given], Join(["up", given], ("TEECHAIN_FLEET_UP_FILE", "fleet.yaml")));

    [Fact]
    public void Empty_is_not_set() => Assert.Equal(["up"], Join(["up"], ("TEECHAIN_FLEET_UP_FILE", "")));

    [Theory]
    [InlineData]
    [InlineData("elsewhere", "-f")]
    [InlineData("--help")]
    public void What_is_no_verb_stays_as_it_is(params string[] arguments) => Assert.Equal(arguments, Join(arguments, ("TEECHAIN_FLEET_UP_FILE", "fleet.yaml")));

    [Fact]
    public void A_switch_takes_yes_or_no()
    {
        _ = EnvironmentFlags.Join(["status"], Verbs, name => name == "TEECHAIN_FLEET_STATUS_JSON" ? "maybe" : null, out var wrong);

        Assert.Equal("TEECHAIN_FLEET_STATUS_JSON is \"maybe\"; allowed: true, 1, false, 0", wrong);
    }

    private static string[] Join(string[] arguments, params (string Name, string Value)[] environment)
    {
        var joined = EnvironmentFlags.Join(arguments, Verbs, name => environment.FirstOrDefault(one => one.Name == name).Value, out var wrong);
        Assert.Null(wrong);
        return joined;
    }
}
