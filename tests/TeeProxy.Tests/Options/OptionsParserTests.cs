using TeeChain.Journaling;
using TeeChain.Protocol;
using TeeProxy.Acks;
using TeeProxy.Chain;
using TeeProxy.Options;

namespace TeeProxy.Tests.Options;

public sealed class OptionsParserTests
{
    [Fact]
    public void Defaults_are_those_of_the_table()
    {
        var options = Run("--local", ":4567");

        Assert.Equal(new Address("127.0.0.1", 9000), options.Listen);
        Assert.Equal(new Address("127.0.0.1", 9500), options.Admin);
        Assert.Equal(new Address("127.0.0.1", 4567), options.Local);
        Assert.Empty(options.Next);
        Assert.False(options.DetachesWhenFull);
        Assert.Equal(RolePin.Auto, options.Role);
        Assert.Equal(Path.GetFullPath("data/9000"), options.Data);
        Assert.Null(options.Key);
        Assert.Equal(16, options.Lanes);
        Assert.Equal(TimeSpan.FromSeconds(30), options.ParkAfter);
        Assert.Equal(TimeSpan.FromSeconds(15), options.AckTimeout);
        Assert.Equal(AckLevel.Local, options.Ack);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AppTimeout);
        Assert.Equal(["DELETE", "PATCH", "POST", "PUT"], options.TeeMethods);
        Assert.Equal(["/"], options.TeePaths);
        Assert.Equal(32 << 20, options.MaxBodyBytes);
        Assert.Equal(32 << 10, options.MaxHeadBytes);
        Assert.Equal(TimeSpan.FromSeconds(1), options.MaxLag);
        Assert.Equal(TimeSpan.FromHours(24), options.Retain);
        Assert.Equal(4L << 30, options.JournalMaxBytes);
        Assert.Null(options.HealthPath);
        Assert.Equal(TimeSpan.FromSeconds(1), options.HealthInterval);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Drain);
        Assert.True(options.Secret.IsEmpty);
        Assert.False(options.JsonLog);
        Assert.Null(options.Tracing);
    }

    [Theory]
    [InlineData("http://c:4318", "http://c:4318/v1/traces")]
    [InlineData("https://c/otlp/", "https://c/otlp/v1/traces")]
    [InlineData("http://c:4318/v1/traces", "http://c:4318/v1/traces")]
    public void Traces_go_to_the_collectors_path_for_them(string otlp, string endpoint)
    {
        var tracing = Run("--local", ":1", "--otlp", otlp, "--trace-ratio", "0.25").Tracing;

        Assert.Equal(new TracingOptions(new Uri(endpoint), 0.25), tracing);
    }

    [Fact]
    public void Every_value_can_be_given()
    {
        var options = Run(
            "run", "--local=:1", "--next", "[::1]:2, :5", "--on-full", "detach", "--listen", "localhost:3", "--admin", ":4", "--data", "/tmp/x", "--role", "replica", "--ack", "chain",
            "--ack-timeout", "500ms", "--app-timeout", "2m", "--tee-methods", "post,PURGE,POST", "--tee-paths", "/b, /a", "--max-body", "128KiB",
            "--max-head", "1024", "--max-lag", "1h", "--retain", "0s", "--journal-max-bytes", "5MB", "--health-path", "/up?x=1",
            "--health-interval", "200ms", "--drain", "0s", "--log", "json", "--order", "key", "--key", "header:X-User", "--lanes", "512", "--park-after", "never");

        Assert.Equal("localhost:3", options.Listen.ToString());
        Assert.Equal(["[::1]:2", "127.0.0.1:5"], options.Next.Select(next => next.ToString()));
        Assert.True(options.DetachesWhenFull);
        Assert.Equal("127.0.0.1:4", options.Admin.ToString());
        Assert.Equal("/tmp/x", options.Data);
        Assert.Equal(RolePin.Replica, options.Role);
        Assert.Equal(AckLevel.Chain, options.Ack);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.AckTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), options.AppTimeout);
        Assert.Equal(["POST", "PURGE"], options.TeeMethods);
        Assert.Equal(["/a", "/b"], options.TeePaths);
        Assert.Equal(128 << 10, options.MaxBodyBytes);
        Assert.Equal(1024, options.MaxHeadBytes);
        Assert.Equal(5_000_000, options.JournalMaxBytes);
        Assert.Equal("/up?x=1", options.HealthPath);
        Assert.True(options.JsonLog);
        Assert.Equal(("header:x-user", 512), (options.Key?.Text, options.Lanes));
        Assert.Null(options.ParkAfter);
    }

    [Fact]
    public void The_order_and_the_key_must_be_equal_on_all_nodes_and_the_lanes_need_not()
    {
        var total = Run("--local", ":1");
        var key = Run("--local", ":1", "--order", "key", "--key", "form:user", "--lanes", "3");

        Assert.Equal("order=total methods=DELETE,PATCH,POST,PUT paths=/", total.SharedSettings);
        Assert.Equal("order=key key=form:user methods=DELETE,PATCH,POST,PUT paths=/", key.SharedSettings);
    }

    [Theory]
    [InlineData("--local is missing", "allowed: :4567")]
    [InlineData("--local: \"4567\" is no address", "allowed: :4567", "--local", "4567")]
    [InlineData("--local: \":0\" is no address", "from 1 to 65535", "--local", ":0")]
    [InlineData("--otlp: \"collector:4318\" is no collector's address", "http://host:4318", "--local", ":1", "--otlp", "collector:4318")]
    [InlineData("--trace-ratio: \"1.5\" is no share", "0 to 1", "--local", ":1", "--trace-ratio", "1.5")]
    [InlineData("--trace-ratio: \"-1\" is no share", "0 to 1", "--local", ":1", "--trace-ratio", "-1")]
    [InlineData("--ack-timeout: \"15\" is no duration", "100ms to 10m, such as", "--local", ":1", "--ack-timeout", "15")]
    [InlineData("--ack-timeout: \"1ms\" is out of range", "100ms to 10m", "--local", ":1", "--ack-timeout", "1ms")]
    [InlineData("--drain: \"99999999999999999999h\" is no duration", "0s to 5m", "--local", ":1", "--drain", "99999999999999999999h")]
    [InlineData("--max-body: \"32mb\" is no size", "1KiB to 1GiB, such as", "--local", ":1", "--max-body", "32mb")]
    [InlineData("--max-head: \"1GiB\" is out of range", "1KiB to 512KiB", "--local", ":1", "--max-head", "1GiB")]
    [InlineData("--journal-max-bytes: \"4MiB\" is less than twice --max-body", "raise it", "--local", ":1", "--journal-max-bytes", "4MiB")]
    [InlineData("--ack: \"all\" is none", "allowed: local, next, chain", "--local", ":1", "--ack", "all")]
    [InlineData("--order: \"none\" is none", "allowed: total, key", "--local", ":1", "--order", "none")]
    [InlineData("--key is missing", "form:NAME, json:/POINTER, header:NAME, query:NAME or path", "--local", ":1", "--order", "key")]
    [InlineData("--key: \"user\" is no key", "form:NAME", "--local", ":1", "--order", "key", "--key", "user")]
    [InlineData("--key: \"path\" has no meaning in total order", "--order key", "--local", ":1", "--key", "path")]
    [InlineData("--compare: \"all\" is none", "status, body, off", "--local", ":1", "--compare", "all")]
    [InlineData("--compare-ignore: \"Date\" has \"Date\"", "header:NAME, json:/POINTER or regex:PATTERN", "--local", ":1", "--compare", "body", "--compare-ignore", "Date")]
    [InlineData("--compare-ignore: \"header:Date\" has no meaning", "--compare body", "--local", ":1", "--compare-ignore", "header:Date")]
    [InlineData("--lanes: \"0\" is out of range", "1 to 512", "--local", ":1", "--lanes", "0")]
    [InlineData("--lanes: \"many\" is no whole number", "1 to 512", "--local", ":1", "--lanes", "many")]
    [InlineData("--park-after: \"1ms\" is out of range", "allowed: never, or 1s to 24h", "--local", ":1", "--park-after", "1ms")]
    [InlineData("--role: \"tail\" is none", "auto, head, replica", "--local", ":1", "--role", "tail")]
    [InlineData("--log: \"xml\" is none", "text, json", "--local", ":1", "--log", "xml")]
    [InlineData("--next: \"127.0.0.1:9000\" is this node's own", "any other", "--local", ":1", "--next", ":9000")]
    [InlineData("--next: \"localhost:9000\" is this node's own", "any other", "--local", ":1", "--next", "localhost:9000")]
    [InlineData("--local: \"127.0.0.1:9000\" is this node's own", "any other", "--local", ":9000")]
    [InlineData("--listen: \"0.0.0.0:9000\" can be reached from other machines", "--secret-file, or --insecure", "--local", ":1", "--listen", "0.0.0.0:9000")]
    [InlineData("--admin: \"0.0.0.0:9500\" can be reached from other machines", "--secret-file", "--local", ":1", "--admin", "0.0.0.0:9500")]
    [InlineData("--admin is missing, and the listen port + 500 would be 65900", "give --admin", "--local", ":1", "--listen", ":65400")]
    [InlineData("--tee-methods: \"CONNECT\" will not do", "not CONNECT", "--local", ":1", "--tee-methods", "CONNECT")]
    [InlineData("--tee-paths: \"api\" will not do", "beginning with /", "--local", ":1", "--tee-paths", "api")]
    [InlineData("--health-path: \"up\" is no path", "begins with /", "--local", ":1", "--health-path", "up")]
    [InlineData("--secret-file: \"/none/such\" cannot be read", "/none/such", "--local", ":1", "--secret-file", "/none/such")]
    [InlineData("--name: \"romulus\" has no meaning without a registry", "--register", "--local", ":1", "--name", "romulus")]
    [InlineData("--register: \":9400\" needs the secret to sign with", "--secret-file", "--local", ":1", "--register", ":9400")]
    [InlineData("--ack-timout is no flag", "is --ack-timeout meant?", "--local", ":1", "--ack-timout", "1s")]
    [InlineData("--frobnicate is no flag", "see --help", "--local", ":1", "--frobnicate")]
    [InlineData("--local is given twice", "once", "--local", ":1", "--local", ":2")]
    [InlineData("--drain has no value", "0s to 5m", "--local", ":1", "--drain")]
    [InlineData("--drain has no value", "0s to 5m", "--local", ":1", "--drain", "--log", "json")]
    [InlineData("--drain has no value", "0s to 5m", "--local", ":1", "--drain=")]
    [InlineData("--drain has no value", "0s to 5m", "--drain", "--local", ":1")]
    [InlineData("--local has no value", "ADDRESS", "--local")]
    [InlineData("\"tail\" is not understood", "run, journal", "tail", "--local", ":1")]
    [InlineData("journal takes check, dump or seed", "FOLDER", "journal", "eat", "x")]
    [InlineData("journal takes check, dump or seed", "FOLDER", "journal", "check")]
    [InlineData("journal takes check, dump or seed", "FOLDER", "journal", "check", "x", "y")]
    [InlineData("journal seed takes an empty folder", "--position SEQUENCE:EPOCH:CRC:DIGEST", "journal", "seed", "x")]
    [InlineData("journal seed takes an empty folder", "POST /admin/hold", "journal", "seed", "x", "--chain", "17", "--position", "17:3:0123abcd:fedcba9876543210")]
    [InlineData("journal seed takes an empty folder", "--chain ID", "journal", "seed", "--chain", "6f1f2b1e-0f5c-4b51-8a86-2f6ad2a0a001", "--position", "17:3:0123abcd:fedcba9876543210")]
    [InlineData("journal seed takes an empty folder", "--chain ID", "journal", "seed", "x", "--chain", "6f1f2b1e-0f5c-4b51-8a86-2f6ad2a0a001", "--position", "17")]
    [InlineData("journal takes check, dump or seed", "FOLDER", "journal", "check", "x", "--position", "17:3:0123abcd:fedcba9876543210")]
    [InlineData("--bodys is no flag", "is --bodies meant?", "journal", "dump", "x", "--bodys")]
    public void What_is_wrong_is_said_in_one_line_and_exits_2(string what, string allowed, params string[] arguments)
    {
        var exit = Assert.IsType<Command.Exit>(OptionsParser.Parse(arguments, Nothing));

        Assert.Equal(2, exit.Code);
        Assert.StartsWith("teeproxy: " + what, exit.Text, StringComparison.Ordinal);
        Assert.Contains(allowed, exit.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exit.Text);
    }

    [Fact]
    public void A_variable_is_a_flag_and_a_flag_beats_it()
    {
        var environment = Of(("TEEPROXY_LOCAL", ":4000"), ("TEEPROXY_ACK_TIMEOUT", "3s"), ("TEEPROXY_DRAIN", "7s"), ("TEEPROXY_NEXT", ""));

        var command = OptionsParser.Parse(["--ack-timeout", "4s", "--drain=8s"], environment);

        var options = Assert.IsType<Command.Run>(command).Options;
        Assert.Equal(4000, options.Local.Port);
        Assert.Equal(TimeSpan.FromSeconds(4), options.AckTimeout);
        Assert.Equal(TimeSpan.FromSeconds(8), options.Drain);
        Assert.Empty(options.Next);
    }

    [Fact]
    public void A_wrong_variable_is_named()
    {
        var command = OptionsParser.Parse([], Of(("TEEPROXY_LOCAL", ":4000"), ("TEEPROXY_ACK_TIMEOUT", "soon")));

        Assert.StartsWith("teeproxy: TEEPROXY_ACK_TIMEOUT (--ack-timeout): \"soon\"", Assert.IsType<Command.Exit>(command).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    public void A_switch_is_a_variable_too(string value, bool isOn)
    {
        var command = OptionsParser.Parse(["--local", ":1", "--listen", "0.0.0.0:9000"], Of(("TEEPROXY_INSECURE", value)));

        Assert.Equal(isOn, command is Command.Run);
    }

    [Fact]
    public void The_data_folder_is_the_service_managers_if_it_names_one()
    {
        var command = OptionsParser.Parse(["--local", ":1"], Of(("STATE_DIRECTORY", "/var/lib/teeproxy:/var/lib/other")));

        Assert.Equal("/var/lib/teeproxy", Assert.IsType<Command.Run>(command).Options.Data);
    }

    [Fact]
    public void The_help_names_every_flag_with_its_default_in_two_groups()
    {
        var exit = Assert.IsType<Command.Exit>(OptionsParser.Parse(["--help"], Nothing));

        Assert.Equal(0, exit.Code);
        var advanced = exit.Text.IndexOf("\nAdvanced\n", StringComparison.Ordinal);
        Assert.InRange(exit.Text.IndexOf("\nBasic\n", StringComparison.Ordinal), 1, advanced);
        foreach (var flag in Flag.All)
        {
            var at = exit.Text.IndexOf($"\n  --{flag.Name}", StringComparison.Ordinal);
            Assert.Equal(flag.Limits.Basic, at > 0 && at < advanced);
            Assert.True(flag.Default is not null || flag.Limits.Otherwise is not null, flag.Name + " has no default in words");
        }

        Assert.All(exit.Text.Split('\n'), line => Assert.InRange(line.Length, 0, 115));
    }

    [Fact]
    public void The_version_is_printed()
    {
        var exit = Assert.IsType<Command.Exit>(OptionsParser.Parse(["--version"], Nothing));

        Assert.Equal(0, exit.Code);
        Assert.StartsWith("teeproxy 0.", exit.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_seeded_at_a_position()
    {
        const string chain = "6f1f2b1e-0f5c-4b51-8a86-2f6ad2a0a001";

        var command = OptionsParser.Parse(["journal", "seed", "/x", "--chain", chain, "--position", "17:3:0123abcd:fedcba9876543210"], Of());

        Assert.Equal(new Command.Seed("/x", Guid.Parse(chain), new JournalPosition(17, 3, 0x0123abcd), 0xfedcba9876543210), command);
    }

    [Theory]
    [InlineData("check", false, false)]
    [InlineData("dump", true, true)]
    public void A_journal_is_checked_or_dumped(string action, bool dump, bool bodies)
    {
        var command = OptionsParser.Parse(bodies ? ["journal", action, "/x", "--bodies"] : ["journal", action, "/x"], Of(("TEEPROXY_LOCAL", ":1")));

        Assert.Equal(new Command.Journal(dump, "/x", bodies), command);
    }

    private static NodeOptions Run(params string[] arguments) =>
        OptionsParser.Parse(arguments, Nothing) switch
        {
            Command.Run run => run.Options,
            var other => throw new Xunit.Sdk.XunitException($"not run: {other}"),
        };

    private static string? Nothing(string name) => null;

    private static Func<string, string?> Of(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
