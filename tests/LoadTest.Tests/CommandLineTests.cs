using LoadTest.Options;

namespace LoadTest.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Without_flags_it_is_the_apache_bench_scenario()
    {
        var options = Parse([]).Options!;

        Assert.Equal(("http://127.0.0.1/", 1000, 100, 1000), (options.Url.ToString(), options.Gets, options.Posts, options.Users));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)), (options.Duration, options.WarmUp));
        Assert.Equal(["127.0.0.1:9500", "127.0.0.1:9501", "127.0.0.1:9502"], options.Nodes.Select(node => $"{node}"));
        Assert.Equal((ScenarioName.Ab, 5L), (options.Scenario, options.Seed));
        Assert.Null(options.MaxP99);
    }

    [Fact]
    public void Each_flag_is_taken()
    {
        var options = Parse(
            ["--url", "http://host:8080", "--gets", "0.5", "--posts=7", "--duration", "2m", "--warm-up", "0s", "--users", "3", "--nodes", "host:1,[::1]:2", "--report", "/r", "--seed", "9", "--max-p99", "50ms", "--scenario", "single-vs-fleet", "--single", "http://host:4567", "--order", "key"]).Options!;

        Assert.Equal((0.5, 7, 3, "/r", 9L), (options.Gets, options.Posts, options.Users, options.ReportFolder, options.Seed));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.Zero, TimeSpan.FromMilliseconds(50)), (options.Duration, options.WarmUp, options.MaxP99!.Value));
        Assert.Equal(["host:1", "[::1]:2"], options.Nodes.Select(node => $"{node}"));
        Assert.Equal((ScenarioName.SingleVsFleet, "http://host:4567/", true), (options.Scenario, options.Single!.ToString(), options.IsOrderedByUser));
        Assert.Empty(Parse(["--nodes", "none"]).Options!.Nodes);
        Assert.NotNull(Parse(["--scenario", "steps"]).Options!.MaxP99);
    }

    [Fact]
    public void An_environment_variable_is_a_flag_and_a_typed_flag_wins()
    {
        Assert.Equal(7, Parse([], ("LOADTEST_GETS", "7")).Options!.Gets);
        Assert.Equal(8, Parse(["--gets", "8"], ("LOADTEST_GETS", "7")).Options!.Gets);
        Assert.Equal(1000, Parse([], ("LOADTEST_GETS", "")).Options!.Gets);
        Assert.Contains("--warm-up is 'x'", Parse([], ("LOADTEST_WARM_UP", "x")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--url", "127.0.0.1")]
    [InlineData("--url", "http://host/path")]
    [InlineData("--gets", "-1")]
    [InlineData("--gets", "1e3")]
    [InlineData("--posts", "100001")]
    [InlineData("--duration", "0s")]
    [InlineData("--duration", "30")]
    [InlineData("--warm-up", "2h")]
    [InlineData("--users", "0")]
    [InlineData("--nodes", ":9500,")]
    [InlineData("--nodes", ":9500,127.0.0.1:9500")]
    [InlineData("--seed", "x\ty")]
    [InlineData("--max-p99", "0ms")]
    [InlineData("--scenario", "abc")]
    [InlineData("--single", "x")]
    [InlineData("--order", "random")]
    [InlineData("--secret-file", "/no/such/file")]
    [InlineData("--secret-file", "/proc/self/cmdline")] // words between zeros
    public void A_wrong_value_is_told_in_one_line_that_names_the_flag(string flag, string value)
    {
        var wrong = Parse([$"{flag}={value}"]);

        Assert.Null(wrong.Options);
        Assert.Equal(2, wrong.ExitStatus);
        Assert.StartsWith($"loadtest: {flag} is ", wrong.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Text);
    }

    [Theory]
    [InlineData("'--rate' is no flag", "--rate", "5")]
    [InlineData("'now' is no flag", "now")]
    [InlineData("--gets has no value", "--gets", "--posts", "1")]
    [InlineData("--gets has no value", "--gets")]
    [InlineData("--report is empty", "--report", "")]
    [InlineData("cannot be read", "--seed=x\ny")]
    [InlineData("--gets is given twice", "--gets=1", "--gets=2")]
    [InlineData("--gets and --posts are both 0", "--gets=0", "--posts=0")]
    [InlineData("--gets is 0", "--scenario=single-vs-fleet", "--gets=0")]
    [InlineData("needs --single", "--scenario=single-vs-fleet", "--nodes=none")]
    public void A_wrong_command_line_is_told_in_one_line(string says, params string[] arguments)
    {
        var wrong = Parse(arguments);

        Assert.Equal(2, wrong.ExitStatus);
        Assert.Contains(says, wrong.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Text);
    }

    [Fact]
    public void Help_lists_every_flag()
    {
        var help = Parse(["--help"]);

        Assert.Equal(0, help.ExitStatus);
        Assert.All(["--url", "--gets", "--max-p99", "--scenario", "LOADTEST_MAX_P99"], flag => Assert.Contains(flag, help.Text, StringComparison.Ordinal));
    }

    private static Invocation Parse(string[] arguments, params (string Name, string Value)[] environment) =>
        Invocation.Parse(arguments, name => environment.FirstOrDefault(variable => variable.Name == name).Value, anySeed: 5);
}
