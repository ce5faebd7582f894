using TeeChain.EndToEnd.Harness;

namespace TeeChain.EndToEnd;

/// <summary>A teeproxy that cannot run as it was told says so in one line and goes.</summary>
public sealed class StartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--local is missing")]
    [InlineData("--local: \"nowhere\" is no address; allowed: :4567", "--local", "nowhere")]
    [InlineData("--next: \":99999\" is no address; allowed: ", "--local", ":4567", "--next", ":99999")]
    [InlineData("--ack-timeout: \"1\" is no duration; allowed: 100ms to 10m", "--local", ":4567", "--ack-timeout", "1")]
    [InlineData("--max-body: \"8GiB\" is out of range; allowed: 1KiB to 1GiB", "--local", ":4567", "--max-body", "8GiB")]
    [InlineData("--role: \"king\" is none of its values; allowed: auto, head, replica", "--local", ":4567", "--role", "king")]
    [InlineData("--lokal is no flag; is --local meant?", "--lokal", ":4567")]
    [InlineData("\"extra\" is not understood; allowed: ", "--local", ":4567", "extra")]
    [InlineData("--listen: \"0.0.0.0:9000\" can be reached from other machines and there is no secret; ", "--local", ":4567", "--listen", "0.0.0.0:9000")]
    public async Task A_wrong_flag_ends_it_with_one_line_that_says_what_is_allowed(string line, params string[] flags)
    {
        await using var workshop = new Workshop();

        var (code, output) = await workshop.RunAsync("teeproxy", Repository.TeeProxy, flags, Cancellation);

        Assert.Equal(2, code);
        Assert.StartsWith("teeproxy: ", output, StringComparison.Ordinal);
        Assert.Single(output.TrimEnd('\n').Split('\n'));
        Assert.Contains(line, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_or_a_folder_that_is_taken_ends_it_with_a_hint()
    {
        await using var workshop = new Workshop();
        var app = workshop.App();
        var node = workshop.Node(app.Port);
        app.Start();
        node.Start();
        await node.ReadyAsync("write", Cancellation);
        Assert.Equal(201, (await OneWrite.RegisterAsync(node.Address, "before", Cancellation)).Status);
        var elsewhere = node.Flags with { Listen = workshop.Ports.Next(), Admin = workshop.Ports.Next(), Data = workshop.Path("elsewhere.journal") };

        var sameListen = await RunAsync("same-listen", elsewhere with { Listen = node.Flags.Listen });
        var sameAdmin = await RunAsync("same-admin", elsewhere with { Admin = node.Flags.Admin });
        var sameFolder = await RunAsync("same-folder", elsewhere with { Data = node.Flags.Data });

        Assert.All([sameListen, sameAdmin, sameFolder], run => Assert.NotEqual(0, run.Code));
        Assert.Contains("--listen", LastLine(sameListen.Output), StringComparison.Ordinal);
        Assert.Contains($"{node.Flags.Listen}", LastLine(sameListen.Output), StringComparison.Ordinal);
        Assert.Contains("--admin", LastLine(sameAdmin.Output), StringComparison.Ordinal);
        Assert.Contains(node.Flags.Data, LastLine(sameFolder.Output), StringComparison.Ordinal);
        Assert.Equal(201, (await OneWrite.RegisterAsync(node.Address, "after", Cancellation)).Status);

        Task<(int Code, string Output)> RunAsync(string name, NodeFlags flags) => workshop.RunAsync(name, Repository.TeeProxy, flags.ToArguments(), Cancellation);
    }

    private static string LastLine(string output) => output.TrimEnd('\n').Split('\n')[^1];
}
