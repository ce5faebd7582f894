using TeeProxy.Options;

namespace TeeProxy.Tests.Options;

public sealed class RegistrationOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _secret;

    public RegistrationOptionsTests()
    {
        _secret = Path.Combine(_folder.Path, "secret");
        File.WriteAllText(_secret, "0123456789abcdef0123456789abcdef");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Registries_are_tried_in_the_order_given_and_an_address_will_do()
    {
        var options = Read(["--register", "http://gate:9080, :9400", "--name", "romulus"]);

        Assert.Equal(["http://gate:9080/", "http://127.0.0.1:9400/"], options!.Registries.Select(uri => uri.ToString()));
        Assert.Equal("romulus", options.Name);
    }

    [Fact]
    public void Without_a_registry_there_is_no_registration() => Assert.Null(Read([]));

    [Fact]
    public void The_name_is_that_of_the_environment_unless_one_is_given()
    {
        Assert.Equal("remus", Read(["--register", ":9400"], ("NAME", "remus"))!.Name);
        Assert.Equal("flag", Read(["--register", ":9400", "--name", "flag"], ("NAME", "remus"))!.Name);
        Assert.Equal("variable", Read(["--register", ":9400"], ("NAME", "remus"), ("TEEPROXY_NAME", "variable"))!.Name);
        Assert.Equal($"{Environment.MachineName}-9000", Read(["--register", ":9400"])!.Name);
    }

    [Theory]
    [InlineData(":9000", ":4567", "127.0.0.1:4567")]
    [InlineData("10.1.2.3:9000", ":4567", "10.1.2.3:4567")]
    [InlineData("10.1.2.3:9000", "10.9.9.9:4567", "10.9.9.9:4567")]
    public void The_application_is_told_as_others_reach_it(string listen, string local, string told) =>
        Assert.Equal(told, Read(["--register", ":9400", "--listen", listen, "--local", local])!.Local.ToString());

    [Theory]
    [InlineData("ftp://x:1")]
    [InlineData("http://x:1/path")]
    [InlineData("http://user@x:1")]
    [InlineData("http://x:1,,")]
    [InlineData("x")]
    public void What_is_no_registry_is_refused(string register) => Assert.Contains("is no registry's address", Refusal(["--register", register]), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_name_and_a_port_that_cannot_be_told_are_refused()
    {
        Assert.Contains("is no name", Refusal(["--register", ":9400", "--name", "a b"]), StringComparison.Ordinal);
        Assert.Contains("needs ports that can be told", Refusal(["--register", ":9400", "--listen", ":0"]), StringComparison.Ordinal);
    }

    private RegistrationOptions? Read(string[] arguments, params (string Name, string Value)[] environment) =>
        Assert.IsType<Command.Run>(Parse(arguments, environment)).Options.Registration;

    private string Refusal(string[] arguments) => Assert.IsType<Command.Exit>(Parse(arguments, [])).Text;

    private Command Parse(string[] arguments, (string Name, string Value)[] environment) => OptionsParser.Parse(
        [.. arguments.Contains("--local") ? arguments : [.. arguments, "--local", ":4567"], "--secret-file", _secret],
        name => environment.FirstOrDefault(one => one.Name == name).Value);
}
