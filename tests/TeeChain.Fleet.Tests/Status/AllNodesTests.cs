using TeeChain.EndToEnd.Harness;
using TeeChain.Fleet.Options;
using TeeChain.Fleet.Status;

namespace TeeChain.Fleet.Tests.Status;

/// <summary>How the verbs that compare all nodes end.</summary>
public sealed class AllNodesTests
{
    [Fact]
    public async Task Wrong_flags_of_the_verb_or_of_the_fleet_are_misuse_and_nobody_is_asked()
    {
        Assert.Equal(Verbs.Misused, await DiffVerb.RunAsync(new DiffFlags { Sequence = "0", Nodes = [":1"] }));
        Assert.Equal(Verbs.Misused, await VerifyVerb.RunAsync(new VerifyFlags { Timeout = -1, Nodes = [":1"] }));
        Assert.Equal(Verbs.Misused, await AllNodes.CompareAsync(new VerifyFlags { Nodes = ["no port"] }, null, (_, _, _) => throw new InvalidOperationException("somebody is asked")));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task The_answer_is_the_exit_status(bool agree, int expected)
    {
        string[] asked = [];

        var status = await AllNodes.CompareAsync(new VerifyFlags { Nodes = [":9501", ":9502"] }, null, (_, targets, _) =>
        {
            asked = [.. targets.Select(target => target.Admin.ToString())];
            return Task.FromResult(agree);
        });

        Assert.Equal((expected, "127.0.0.1:9501 127.0.0.1:9502"), (status, string.Join(' ', asked)));
    }

    [Fact]
    public async Task Without_a_registry_to_ask_nobody_agrees()
    {
        var registry = $"http://127.0.0.1:{Ports.Reserve().Next()}"; // nobody listens

        Assert.Equal(1, await VerifyVerb.RunAsync(new VerifyFlags { Registry = registry }));
    }
}
