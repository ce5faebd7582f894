using TeeChain.Fleet.Haproxy;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class WantedServersRuleTests
{
    private static readonly WorkerPlace Place = new(new IpPort("10.0.0.1", 4567), new IpPort("10.0.0.1", 9000), new IpPort("10.0.0.9", 9500));

    [Fact]
    public void Reads_go_to_applications_and_writes_to_teeproxies_and_the_admin_port_is_asked()
    {
        var wanted = From(Worker("romulus"));

        Assert.Equal(["writes 9000", "writes_first 9000", "reads 4567", "reads_stale 4567"], wanted.Select(server => $"{server.Id.Backend} {server.Port}"));
        Assert.All(wanted, server => Assert.Equal(("10.0.0.9", 9500), (server.CheckAddress, server.CheckPort)));
    }

    [Fact]
    public void Over_TLS_reads_go_through_the_teeproxies_and_a_name_is_verified()
    {
        var worker = Worker("romulus") with { Teeproxy = "node1:9000" };

        var wanted = WantedServersRule.From(new FleetView(1, [worker]), new Dictionary<Worker, WorkerPlace> { [worker] = Place }, new ServerTls("/etc/ca.pem"));

        Assert.Equal(["writes 9000", "writes_first 9000", "reads 9000", "reads_stale 9000"], wanted.Select(server => $"{server.Id.Backend} {server.Port}"));
        Assert.All(wanted, server => Assert.Equal(
            "10.0.0.1:9000 port 9500 addr 10.0.0.9 ssl verify required ca-file /etc/ca.pem check-ssl verifyhost node1", server.Placement));
    }

    [Fact]
    public void HAProxy_compares_no_IP_addresses_so_it_is_told_none() =>
        Assert.Equal("ssl verify required ca-file /etc/ca.pem check-ssl", new ServerTls("/etc/ca.pem").Keywords("10.0.0.1:9000"));

    [Theory]
    [InlineData("/etc/ca.pem", true)]
    [InlineData("/my files/ca.pem", false)]
    [InlineData("/etc/ca.pem;disable", false)]
    [InlineData("/etc/ca\n.pem", false)]
    [InlineData("/etc/ca\n", false)]
    public void A_path_is_one_word_of_HAProxys(string path, bool isWord) => Assert.Equal(isWord, new ServerTls(path).IsWord);

    [Fact]
    public void The_first_write_has_one_place_to_go() =>
        Assert.Equal("romulus", Assert.Single(From(Worker("romulus"), Worker("remus")), server => server.Id.Backend == "writes_first").Id.Name);

    [Fact]
    public void Presence_decides_about_reads_and_says_nothing_about_writes()
    {
        var wanted = From(Worker("a"), Worker("b", WorkerState.Draining), Worker("c", WorkerState.Away));

        Assert.Equal([Turn.Ready, Turn.Drain, Turn.Maint], wanted.Where(server => server.Id.Backend == "reads").Select(server => server.Turn));
        Assert.All(wanted.Where(server => server.Id.Backend == "writes"), server => Assert.Equal(Turn.Ready, server.Turn));
    }

    [Fact]
    public void When_nobody_is_present_everybody_is_asked() =>
        Assert.All(From(Worker("a", WorkerState.Away), Worker("b", WorkerState.Away)), server => Assert.Equal(Turn.Ready, server.Turn));

    [Fact]
    public void A_name_that_is_told_twice_is_one_server() => Assert.Equal(4, From(Worker("a"), Worker("a", WorkerState.Away)).Count);

    [Theory]
    [InlineData("node-1.example_com", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a;b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    public void A_name_is_one_word_of_HAProxys(string name, bool isName) => Assert.Equal(isName, WantedServersRule.IsName(name));

    private static Worker Worker(string name, WorkerState state = WorkerState.Present) => new(name, "h:1", "h:2", "h:3", state);

    private static IReadOnlyList<WantedServer> From(params Worker[] workers) => WantedServersRule.From(new FleetView(1, workers), workers.ToDictionary(worker => worker, _ => Place));
}
