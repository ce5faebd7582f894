using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TeeChain.Fleet.Config;

namespace TeeChain.Fleet.Tests.Config;

public sealed class FleetFileReaderTests
{
    [Fact]
    public void The_shipped_file_says_what_the_defaults_say_and_two_names()
    {
        var file = Right(Example("teechain.yaml"));

        var names = file.Names;
        Assert.Equal(["romulus", "remus"], names);
        Assert.Equal(new FleetFile { Names = names, StatsDb = "worker-stats.db" }, file);
    }

    [Fact]
    public void The_lines_that_the_shipped_file_has_as_comments_are_right_too()
    {
        var text = Example("teechain.yaml").Replace("app: sample", "#", StringComparison.Ordinal);
        foreach (var key in (string[])["app", "order", "key", "secret-file", "seed-command", "autoscale"])
        {
            text = text.Replace($"\n# {key}:", $"\n{key}:", StringComparison.Ordinal);
        }

        var file = Right(text);

        Assert.Equal(["ruby", "examples/sw-4567.rb", "-p", "{port}"], file.App!.Words);
        Assert.Equal(("key", "form:user", "/etc/teechain/secret"), (file.Order, file.Key, file.SecretFile));
        Assert.Equal(["cp", "{source}/users.log", "{target}/users.log"], file.SeedCommand!.Words);
        Assert.Equal(new Autoscale { Min = 2, Max = 9, RequestsPerWorker = 300, CoolDown = TimeSpan.FromSeconds(30) }, file.Autoscale);
    }

    [Fact]
    public void The_configured_balancers_own_file_is_taken_as_it_is()
    {
        var file = Right(Example("config.yaml"));

        Assert.Equal(
            new FleetFile
            {
                Workers = 3,
                Names = file.Names,
                Balancers = 2,
                StatsDb = "worker-stats.db",
                AverageDelay = TimeSpan.FromMilliseconds(50),
                FailureRate = 12,
                BalancerPort = 5050,
                WorkerPort = 6000,
            },
            file);
    }

    [Theory]
    [InlineData("workers: three", 1, "workers", "a whole number from 1 to 50")]
    [InlineData("workers: 0", 1, "workers", "a whole number from 1 to 50")]
    [InlineData("workers:", 1, "workers is empty", "a whole number from 1 to 50")]
    [InlineData("workers: [3]", 1, "workers is a list", "a whole number from 1 to 50")]
    [InlineData("workers: 3\nfront: nginx", 2, "front", "auto, haproxy, gateway")]
    [InlineData("\nstrategy: fastest", 2, "strategy", "round-robin, random, least-requests, power-of-two-choices")]
    [InlineData("balancer-port: 70000", 1, "balancer-port", "a port from 1 to 65535")]
    [InlineData("average-delay: soon", 1, "average-delay", "0ms to 1m")]
    [InlineData("avg-delay: 61s", 1, "avg-delay", "0ms to 1m")]
    [InlineData("failure-rate: 101%", 1, "failure-rate", "0% to 100%")]
    [InlineData("failure-rate: 5ms", 1, "failure-rate", "0% to 100%")]
    [InlineData("health-interval: 5%", 1, "health-interval", "100ms to 1m")]
    [InlineData("names: [a, a]", 1, "names", "different names")]
    [InlineData("names: ['../a']", 1, "names", "A-Z a-z 0-9")]
    [InlineData("names: romulus", 1, "names", "a list")]
    [InlineData("stats-address: localhost", 1, "stats-address", "an IPv4 address")]
    [InlineData("stats-user: 'a:b'", 1, "stats-user", "A-Z a-z 0-9")]
    [InlineData("stats-password: \"it's\"", 1, "stats-password", "no single quote")]
    [InlineData("stats-password:", 1, "stats-password is empty", "1 to 128 characters")]
    [InlineData("stats-port: 1937\nstats-password: teechain", 2, "everybody knows", "127.0.0.1:1936 alone")]
    [InlineData("stats-address: 0.0.0.0\nstats-password: teechain", 2, "everybody knows", "another")]
    [InlineData("balancers: 2\nstats-password: teechain", 2, "everybody knows", "another")]
    [InlineData("registry-paths: maybe", 1, "registry-paths", "on or off")]
    [InlineData("app: ruby app.rb", 1, "app", "{port}")]
    [InlineData("app: ruby app.rb -p {port} -n {nam}", 1, "app", "{name}")]
    [InlineData("app: ruby 'app.rb -p {port}", 1, "app", "quotes closed")]
    [InlineData("seed-command: cp {from} {to}", 1, "seed-command", "{source}")]
    [InlineData("autoscale: on", 1, "autoscale", "min: 2")]
    [InlineData("autoscale:\n  min: 2\n  most: 9", 3, "autoscale.most is no key", "min, max, requests-per-worker, cool-down")]
    [InlineData("autoscale: {min: 0}", 1, "autoscale.min", "from 1 to 50")]
    [InlineData("wrokers: 3", 1, "wrokers is no key", "workers, names")]
    [InlineData("worker: 3\nworkers: 3", 2, "workers is given again", "line 1")]
    [InlineData("workers: 3\nack: local\nworkers: 4", 3, "uplicate key", "")]
    [InlineData("- workers", 1, "key: value", "")]
    [InlineData("", 1, "key: value", "")]
    [InlineData("workers: 3\nnames: [a", 3, "no YAML", "")]
    [InlineData("workers: &a 3\nbalancers: *a", 2, "aliases are not understood", "")]
    [InlineData("? &a [*a]\n: 3", 1, "aliases are not understood", "")]
    [InlineData("workers: 4\nautoscale: {min: 9, max: 2}", 2, "autoscale.min is 9", "2")]
    [InlineData("workers: 3\norder: key", 2, "`order: key` and `key` go together", "")]
    [InlineData("key: path", 1, "`order: key` and `key` go together", "")]
    [InlineData("app: x {port}\nfailure-rate: 3", 2, "command line", "")]
    [InlineData("workers: 3\nworker-port: 8999", 2, "worker-port takes 8999 to 9001", "tee-port takes 9000 to 9002")]
    [InlineData("workers: 3\nworker-port: 65534", 2, "do not fit", "")]
    [InlineData("autoscale: {max: 20}\nbalancer-port: 9019", 2, "balancer-port takes 9019", "tee-port takes 9000 to 9019")]
    public void A_wrong_file_names_the_line_the_key_and_what_is_allowed(string text, int line, string what, string allowed)
    {
        var (file, wrong) = FleetFileReader.Read("teechain.yaml", text);

        Assert.Null(file);
        var only = Assert.Single(wrong);
        Assert.StartsWith($"teechain.yaml:{line}: ", only, StringComparison.Ordinal);
        Assert.Contains(what, only, StringComparison.Ordinal);
        Assert.Contains(allowed, only, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', only);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var (_, wrong) = FleetFileReader.Read("f", "workers: x\nfront: y\nthird: z");

        Assert.Equal(3, wrong.Count);
    }

    [Theory]
    [InlineData("registry-paths: on")]
    [InlineData("registry-paths: yes")]
    [InlineData("registry-paths: \"true\"")]
    public void A_switch_is_written_in_the_ways_of_YAML(string text) => Assert.True(Right(text).RegistryPaths);

    [Fact]
    public void The_stats_page_has_an_address_a_user_and_a_password()
    {
        var file = Right("stats-address: 0.0.0.0\nstats-port: 2000\nstats-user: ada\nstats-password: 'a: #b\"'");

        Assert.Equal(("0.0.0.0", 2000, "ada", "a: #b\""), (file.StatsAddress, file.StatsPort, file.StatsUser, file.StatsPassword));
        Assert.Equal("teechain", Right("stats-password: teechain").StatsPassword);
    }

    [Fact]
    public void More_workers_fit_until_two_runs_of_ports_meet()
    {
        Assert.Equal(FleetKeys.MostWorkers, FilePorts.MostWorkers(new FleetFile()));
        Assert.Equal(9, FilePorts.MostWorkers(new FleetFile { WorkerPort = 20_000, TeePort = 20_009, AdminPort = 20_018, BalancerPort = 20_027, RegistryPort = 20_028, StatsPort = 20_029 }));
    }

    [Fact]
    public void Whatever_the_text_is_it_is_a_file_or_named_wrong_never_an_exception()
    {
        var letters = Gen.Elements("workers", "names", ":", " ", "\n", "[", "]", "{", "}", "&a", "*a", "'", "\"", "3", "-", "#", "|", ">", "\t", "!!", "autoscale", "é", "\0");
        var texts = letters.ArrayOf().Select(parts => string.Concat(parts));

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var (file, wrong) = FleetFileReader.Read("f", text);
            return (file is null) == (wrong.Count > 0);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Theory]
    [InlineData("- [#]\t3:{&a\nnamesworkers[{[}\n!!-autoscale'é:workers33|names#:workers{\n:-&a\n\n-}'|workers\t] !!}\n[|\n")]
    [InlineData("!![")]
    public void What_was_once_an_exception_is_named_wrong(string text) => Assert.NotEmpty(FleetFileReader.Read("f", text).Wrong);

    [Fact]
    public void Deep_nesting_ends_in_a_message()
    {
        var text = new StringBuilder("names: ").Append('[', 100_000).ToString();

        var (file, wrong) = FleetFileReader.Read("f", text);

        Assert.Null(file);
        Assert.NotEmpty(wrong);
    }

    private static FleetFile Right(string text)
    {
        var (file, wrong) = FleetFileReader.Read("f", text);
        Assert.Empty(wrong);
        return file!;
    }

    private static string Example(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "TeeChain.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository is not above the tests.");
        }

        return File.ReadAllText(Path.Combine(folder, "examples", name));
    }
}
