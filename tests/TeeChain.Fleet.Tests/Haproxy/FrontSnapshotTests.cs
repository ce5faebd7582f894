using TeeChain.Fleet.Haproxy;

namespace TeeChain.Fleet.Tests.Haproxy;

public sealed class FrontSnapshotTests
{
    private const string Info = "Name: HAProxy\nPid: 42\n";
    private const string Names = "1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_check_state srv_port srv_check_port srv_check_addr";
    private const string Columns = "# pxname,svname,status,last_chk,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,econ,eresp,rtime,scur,qcur,type,";

    [Theory]
    [InlineData("2 0", "Ready", true)]
    [InlineData("0 0", "Ready", false)]
    [InlineData("2 8", "Drain", false)]
    [InlineData("0 1", "Maint", false)]
    [InlineData("0 5", "Maint", false)]
    [InlineData("0 32", "Ready", false)] // its name is not resolved
    public void States_are_understood(string states, string turn, bool isUp)
    {
        var seen = Assert.Single(Parse($"reads remus 10.0.0.2 {states} 6 4567 9500 -", "").Servers);

        Assert.Equal(new SeenServer(new ServerId("reads", "remus"), "10.0.0.2", 4567, "", 9500, true, Enum.Parse<Turn>(turn), isUp), seen);
    }

    [Fact]
    public void What_a_check_answered_does_not_move_the_columns()
    {
        var counts = Parse("", "reads,remus,UP,\"no, \"\"really\"\"\",1,2,3,4,5,6,7,8,9,10,2,").Counts;

        Assert.Equal(new ServerCounts(1 + 2 + 3, 4 + 5 + 6 + 7, 8, 9 + 10), counts[new ServerId("reads", "remus")]);
    }

    [Fact]
    public void Other_backends_are_not_ours_and_a_server_may_have_any_name()
    {
        var now = Parse("mine x 10.0.0.2 2 0 6 1 1 -", "reads,BACKEND,UP,,,,,9,,,,,,,1,\nreads,BACKEND,UP,,,,,,,,,,,,2,\nmine,x,UP,,,,,,,,,,,,2,\nmine,BACKEND,UP,,,,,,,,,,,,1,");

        Assert.Empty(now.Servers);
        Assert.Equal(("reads", 9), Assert.Single(now.Refused) is var refused ? (refused.Key, refused.Value) : default);
        Assert.Equal(["mine", "reads"], now.Backends.Order());
        Assert.Equal(new ServerId("reads", "BACKEND"), Assert.Single(now.Counts).Key);
    }

    [Theory]
    [InlineData("Name: other", Names, Columns)]
    [InlineData(Info, "Permission denied", Columns)]
    [InlineData(Info, Names, "")]
    [InlineData(Info, Names, "# pxname,svname\nreads,BACKEND")]
    public void What_is_not_HAProxys_is_refused(string info, string states, string stats) =>
        Assert.Throws<FormatException>(() => FrontSnapshot.Parse([info, states, stats]));

    private static FrontSnapshot Parse(string states, string stats) => FrontSnapshot.Parse([Info, $"{Names}\n{states}", $"{Columns}\n{stats}"]);
}
