using TeeChain.Fleet.Haproxy;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class HaproxyPlanRuleTests
{
    private static readonly ServerId Id = new("reads", "remus");
    private static readonly WantedServer Remus = new(Id, "10.0.0.2", 4567, "10.0.0.2", 9500, Turn.Ready);

    private static readonly string[] IntoTheTurns = ["set server reads/remus state drain", "set server reads/remus health down", "set server reads/remus state ready"];

    [Fact]
    public void What_is_as_it_should_be_is_left_alone() => Assert.Empty(Changes([Remus], [Seen(Remus)]));

    [Fact]
    public void A_new_server_gets_requests_only_behind_its_first_good_check() => Assert.Equal(
        ["add server reads/remus 10.0.0.2:4567 port 9500 check inter 500ms", "enable health reads/remus", .. IntoTheTurns],
        Assert.Single(Changes([Remus], [])).Commands);

    [Fact]
    public void A_check_that_goes_elsewhere_and_the_sixth_version_of_IP_are_said() => Assert.Equal(
        "add server reads/remus [fd00::2]:4567 port 9500 addr [fd00::3] check inter 500ms",
        Assert.Single(Changes([Remus with { Address = "fd00::2", CheckAddress = "fd00::3" }], [])).Commands[0]);

    [Fact]
    public void Nobody_is_added_who_gets_nothing() => Assert.Empty(Changes([Remus with { Turn = Turn.Maint }], []));

    [Theory]
    [InlineData("ready", "drain", "set server reads/remus state drain")]
    [InlineData("ready", "maint", "set server reads/remus state maint")]
    [InlineData("drain", "ready", "set server reads/remus state ready")]
    [InlineData("drain", "maint", "set server reads/remus state maint")]
    [InlineData("maint", "drain", "set server reads/remus state drain|set server reads/remus health down")]
    [InlineData("maint", "ready", "set server reads/remus state drain|set server reads/remus health down|set server reads/remus state ready")]
    public void A_turn_is_changed(string from, string to, string commands) => Assert.Equal(
        commands,
        string.Join('|', Assert.Single(Changes([Remus with { Turn = Enum.Parse<Turn>(to, true) }], [Seen(Remus) with { Turn = Enum.Parse<Turn>(from, true) }])).Commands));

    [Theory]
    [InlineData("10.0.0.3", 4567, "10.0.0.2", 9500)]
    [InlineData("10.0.0.2", 4568, "10.0.0.2", 9500)]
    [InlineData("10.0.0.2", 4567, "10.0.0.3", 9500)]
    [InlineData("10.0.0.2", 4567, "10.0.0.2", 9501)]
    public void Who_moves_leaves_the_turns_and_comes_back_behind_a_check(string address, int port, string checkAddress, int checkPort) => Assert.Equal(
        [
            "set server reads/remus state maint", $"set server reads/remus addr {address} port {port}",
            $"set server reads/remus check-addr {checkAddress} port {checkPort}", "enable health reads/remus", .. IntoTheTurns,
        ],
        Assert.Single(Changes([Remus with { Address = address, Port = port, CheckAddress = checkAddress, CheckPort = checkPort }], [Seen(Remus)])).Commands);

    [Fact]
    public void A_check_that_somebody_turned_off_is_turned_on() => Assert.Equal(
        ["enable health reads/remus"], Assert.Single(Changes([Remus], [Seen(Remus) with { IsChecked = false }])).Commands);

    [Fact]
    public void Who_is_not_in_the_fleet_gets_nothing_before_anybody_is_added()
    {
        var first = Remus with { Id = new ServerId("writes_first", "remus") };
        var changes = Changes([first], [Seen(first with { Id = new ServerId("writes_first", "romulus") })]);

        Assert.Equal(["set server writes_first/romulus state maint"], changes[0].Commands);
        Assert.StartsWith("add server writes_first/remus", changes[1].Commands[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Only_who_was_added_and_serves_nobody_is_deleted()
    {
        var idle = Seen(Remus) with { Turn = Turn.Maint };

        Assert.Empty(Changes([], [idle]));
        Assert.Equal(["del server reads/remus"], Assert.Single(Changes([], [idle], deletable: [Id])).Commands);
    }

    [Fact]
    public void Who_is_in_the_fleet_but_nobody_knows_where_stays_as_it_is() => Assert.Empty(Changes([], [Seen(Remus)], members: [Id]));

    [Fact]
    public void A_backend_that_HAProxy_does_not_have_is_not_spoken_of() => Assert.Empty(Changes([Remus with { Id = new ServerId("reads_stale", "remus") }], []));

    private static SeenServer Seen(WantedServer server) => new(server.Id, server.Address, server.Port, "", server.CheckPort, true, server.Turn, true);

    private static IReadOnlyList<ServerChange> Changes(
        WantedServer[] wanted, SeenServer[] seen, ServerId[]? deletable = null, ServerId[]? members = null) => HaproxyPlanRule.Changes(
        wanted, wanted.Select(server => server.Id).Concat(members ?? []).ToHashSet(), seen, new HashSet<string> { "reads", "writes_first" }, (deletable ?? []).ToHashSet(), _ => "check inter 500ms");
}
