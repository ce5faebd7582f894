using SampleApp.Options;

namespace SampleApp.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_flags_the_defaults_hold()
    {
        var settings = Parse().Settings;

        Assert.Equal(new Settings(), settings);
    }

    [Fact]
    public void Every_flag_is_read()
    {
        var settings = Parse(
            "--port", "4568", "--listen", "::1", "--name", "remus", "--delay", "1.5s", "--failure-rate", "2.5%", "--reply", "count",
            "--data", "f", "--fsync", "--test-controls").Settings!;

        Assert.Equal("[::1]:4568", settings.Endpoint.ToString());
        Assert.Equal(
            ("remus", 1500, 2.5, ReplyKind.Count, "f", true, true),
            (settings.Name, settings.Delay.TotalMilliseconds, settings.FailureRate, settings.Reply, settings.DataFile, settings.IsSynced, settings.HasTestControls));
    }

    [Fact]
    public void The_environment_is_read_and_a_typed_flag_wins()
    {
        var environment = new Dictionary<string, string>
        {
            ["SAMPLE_APP_PORT"] = "5000",
            ["SAMPLE_APP_FAILURE_RATE"] = "7%",
            ["SAMPLE_APP_TEST_CONTROLS"] = "true",
            ["SAMPLE_APP_FSYNC"] = "0",
            ["SAMPLE_APP_DELAY"] = "",
            ["NAME"] = "worker",
        };

        var settings = Invocation.Parse(["--port", "6000"], environment.GetValueOrDefault).Settings!;

        Assert.Equal((6000, 7, true, false, "worker"),
            (settings.Endpoint.Port, settings.FailureRate, settings.HasTestControls, settings.IsSynced, settings.Name));
    }

    [Theory]
    [InlineData("--port is '65536'; allowed is a number from 0 to 65535", "--port", "65536")]
    [InlineData("--port is 'x'; allowed", "--port=x")]
    [InlineData("--listen is '4567'; allowed", "--listen", "4567")]
    [InlineData("--delay is '61s'; allowed is a time from 0ms to 60s", "--delay", "61s")]
    [InlineData("--delay is '5'; allowed", "--delay", "5")]
    [InlineData("--failure-rate is '101%'; allowed is a percentage from 0% to 100%", "--failure-rate", "101%")]
    [InlineData("--failure-rate is '-1%'; allowed", "--failure-rate=-1%")]
    [InlineData("--reply is 'Hello'; allowed is hello or count", "--reply", "Hello")]
    [InlineData("--name is '?'; allowed", "--name", "\n")]
    [InlineData("--fsync is given without --data; allowed", "--fsync")]
    [InlineData("'--prot' is no flag; allowed", "--prot", "1")]
    [InlineData("'4567' is no flag; allowed", "4567")]
    [InlineData("--port has no value", "--port")]
    [InlineData("--port has no value", "--port", "--name", "x")]
    [InlineData("--port is '1?2'; allowed", "--port", "1\n2")]
    [InlineData("--port is given twice; allowed is once", "--port", "1", "--port", "2")]
    public void A_wrong_flag_exits_2_with_one_line_that_says_what_is_allowed(string refusal, params string[] arguments)
    {
        var invocation = Parse(arguments);

        Assert.Equal(2, invocation.ExitStatus);
        Assert.StartsWith("sample-app: " + refusal, invocation.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', invocation.Text);
    }

    [Fact]
    public void A_wrong_switch_in_the_environment_is_refused()
    {
        var invocation = Invocation.Parse([], name => name == "SAMPLE_APP_FSYNC" ? "perhaps" : null);

        Assert.Equal(2, invocation.ExitStatus);
    }

    [Fact]
    public void Help_lists_every_flag_and_exits_0()
    {
        var help = Parse("--help");

        Assert.Equal(0, help.ExitStatus);
        Assert.All(
            ["--port", "--listen", "--name", "--delay", "--failure-rate", "--reply", "--data", "--fsync", "--test-controls", "SAMPLE_APP_"],
            flag => Assert.Contains(flag, help.Text, StringComparison.Ordinal));
    }

    private static Invocation Parse(params string[] arguments) => Invocation.Parse(arguments, _ => null);
}
