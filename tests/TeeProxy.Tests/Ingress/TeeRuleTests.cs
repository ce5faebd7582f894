using TeeProxy.Ingress;

namespace TeeProxy.Tests.Ingress;

public sealed class TeeRuleTests
{
    [Theory]
    [InlineData("POST", "/x", "/x", true)]
    [InlineData("post", "/x", "/x", true)]
    [InlineData("GET", "/x", "/x", false)]
    [InlineData("POSTS", "/x", "/x", false)]
    public void A_method_is_a_write_in_any_case(string method, string target, string decoded, bool isWrite)
    {
        Assert.Equal(isWrite, new TeeRule(["POST", "PUT"], ["/"]).IsWrite(method, target, decoded));
    }

    [Theory]
    [InlineData("/api", "/api", true)]
    [InlineData("/api?x", "/api", true)]
    [InlineData("/api/x", "/api/x", true)]
    [InlineData("/apis", "/apis", false)]
    [InlineData("/API", "/API", false)]
    [InlineData("/?/api", "/", false)]
    [InlineData("/v2/x", "/v2/x", true)]
    [InlineData("/v2", "/v2", false)]
    [InlineData("/%61pi/x", "/api/x", true)] // as an application may read it
    [InlineData("/other/../api", "/api", true)]
    [InlineData("/api/../other", "/other", true)] // as sent
    public void A_path_is_a_write_under_a_prefix_as_sent_or_as_decoded(string target, string decoded, bool isWrite)
    {
        Assert.Equal(isWrite, new TeeRule(["POST"], ["/api", "/v2/"]).IsWrite("POST", target, decoded));
    }
}
