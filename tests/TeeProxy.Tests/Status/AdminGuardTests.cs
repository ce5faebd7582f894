using System.Net;
using System.Text;
using TeeChain.Protocol;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public class AdminGuardTests
{
    private const string Right = "Bearer s3cret";

    private readonly AdminGuard _guard = new(
        new Address("node1.example", 9500), AdminToken.LoadOrCreate("/nowhere", Encoding.UTF8.GetBytes("s3cret")));

    [Theory]
    // Open to all, whatever else is said.
    [InlineData("10.0.0.9", "GET", "/livez", null, "anything", "Allowed")]
    [InlineData("10.0.0.9", "HEAD", "/readyz/read", null, "", "Allowed")]
    [InlineData("10.0.0.9", "GET", "/metrics", null, "evil.example", "Allowed")]
    [InlineData("10.0.0.9", "POST", "/metrics", null, "node1.example", "Unauthorized")]
    [InlineData("10.0.0.9", "GET", "/livezz", null, "node1.example", "Unauthorized")]
    // Off loopback: the token.
    [InlineData("10.0.0.9", "GET", "/status", null, "node1.example", "Unauthorized")]
    [InlineData("10.0.0.9", "GET", "/", null, "10.0.0.1", "Unauthorized")]
    [InlineData("10.0.0.9", "GET", "/status", Right, "node1.example", "Allowed")]
    [InlineData("10.0.0.9", "GET", "/status", Right, "alias.example", "Allowed")]
    [InlineData("10.0.0.9", "GET", "/status", "Bearer s3cre", "node1.example", "Unauthorized")]
    [InlineData("10.0.0.9", "GET", "/status", "Basic s3cret", "node1.example", "Unauthorized")]
    [InlineData("10.0.0.9", "POST", "/admin/promote", Right, "node1.example", "Allowed")]
    [InlineData("fd00::9", "GET", "/status", null, "[fd00::1]", "Unauthorized")]
    [InlineData(null, "GET", "/status", null, "localhost", "Unauthorized")]
    // Changes: the token, on loopback too.
    [InlineData("127.0.0.1", "POST", "/admin/promote", null, "localhost", "Unauthorized")]
    [InlineData("127.0.0.1", "POST", "/admin/promote", Right, "localhost", "Allowed")]
    [InlineData("127.0.0.1", "OPTIONS", "/status", null, "localhost", "Unauthorized")]
    // What applications answered: the token, on loopback too.
    [InlineData("127.0.0.1", "GET", "/admin/answers/17", null, "localhost", "Unauthorized")]
    [InlineData("127.0.0.1", "GET", "/admin/answers/17", Right, "localhost", "Allowed")]
    // Reading on loopback: under a name that DNS cannot redirect.
    [InlineData("127.0.0.1", "GET", "/status", null, "localhost", "Allowed")]
    [InlineData("127.0.0.1", "GET", "/status", null, "LocalHost.", "Allowed")]
    [InlineData("127.0.0.1", "GET", "/status", null, "127.0.0.1", "Allowed")]
    [InlineData("127.0.0.2", "GET", "/status", null, "127.0.0.2", "Allowed")]
    [InlineData("::1", "GET", "/status", null, "[::1]", "Allowed")]
    [InlineData("::ffff:127.0.0.1", "GET", "/status", null, "127.0.0.1", "Allowed")]
    [InlineData("127.0.0.1", "GET", "/status", null, "NODE1.example", "Allowed")]
    [InlineData("127.0.0.1", "GET", "/status", null, "evil.example", "Misdirected")]
    [InlineData("127.0.0.1", "GET", "/status", null, "127.0.0.1.evil.example", "Misdirected")]
    [InlineData("127.0.0.1", "GET", "/status", null, "localhost.evil.example", "Misdirected")]
    [InlineData("127.0.0.1", "GET", "/status", null, "", "Misdirected")]
    [InlineData("127.0.0.1", "GET", "/status", Right, "evil.example", "Allowed")]
    [InlineData("127.0.0.1", "GET", "/status", "Bearer wrong", "localhost", "Unauthorized")]
    [InlineData("127.0.0.1", "GET", "/status", "", "localhost", "Unauthorized")]
    public void The_table_holds(string? remote, string method, string path, string? authorization, string host, string verdict)
    {
        var request = new AdminRequest(remote is null ? null : IPAddress.Parse(remote), false, method, path, authorization, host);

        Assert.Equal(Enum.Parse<AdminVerdict>(verdict), _guard.Decide(request));
    }

    [Fact]
    public void A_forwarded_request_is_not_from_loopback()
    {
        var request = new AdminRequest(IPAddress.Loopback, true, "GET", "/status", null, "localhost");

        Assert.Equal(AdminVerdict.Unauthorized, _guard.Decide(request));
        Assert.Equal(AdminVerdict.Allowed, _guard.Decide(request with { Authorization = Right }));
    }
}
