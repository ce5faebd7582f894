using TeeChain.Fleet.Config;
using TeeChain.Fleet.Up;

namespace TeeChain.Fleet.Tests.Up;

public sealed class CommandLinesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("teechain up ").FullName;
    private readonly Place _second = new(2, "remus");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_worker_is_the_sample_application_and_a_teeproxy_on_the_ports_of_its_number()
    {
        var commands = Of(new FleetFile { AverageDelay = TimeSpan.FromMilliseconds(50), FailureRate = 12.5, Ack = "chain", HealthInterval = TimeSpan.FromMilliseconds(200) });

        Assert.Equal(
            ["/bin/sample-app", "--port", "4568", "--name", "remus", "--data", $"{_folder}/workers/remus/app/users.log", "--delay", "50ms", "--failure-rate", "12.5%"],
            commands.App(_second).Words);
        Assert.Equal(
            [
                "/bin/teeproxy", "--local", ":4568", "--listen", ":9001", "--admin", ":9501", "--data", $"{_folder}/workers/remus/journal", "--secret-file", "/secret",
                "--ack", "chain", "--order", "total", "--health-interval", "200ms", "--drain", "0s",
            ],
            commands.Teeproxy(_second).Words);
    }

    [Fact]
    public void An_application_of_ones_own_gets_its_port_name_and_folder()
    {
        var app = CommandTemplate.Parse("ruby 'my app.rb' -p {port} --state={data}/x --as {name}")!;

        Assert.Equal(["ruby", "my app.rb", "-p", "4568", $"--state={_folder}/workers/remus/app/x", "--as", "remus"], Of(new FleetFile { App = app }).App(_second).Words);
    }

    [Fact]
    public void The_sample_application_is_seeded_by_itself_another_by_its_command_or_not_at_all()
    {
        var (app, seed) = (CommandTemplate.Parse("x {port}")!, CommandTemplate.Parse("copy {source} {target-name} {source-address}")!);

        Assert.Equal(["cp", $"{_folder}/workers/romulus/app/users.log", $"{_folder}/workers/remus/app/users.log"], Of(new FleetFile()).Seed(new Place(1, "romulus"), _second)!.Words);
        var own = Of(new FleetFile { App = app, SeedCommand = seed }).Seed(new Place(1, "romulus"), _second)!;
        Assert.Equal(["copy", $"{_folder}/workers/romulus/app", "remus", "127.0.0.1:4567"], own.Words);
        Assert.Equal($"{_folder}/workers/remus/app", own.Environment["TEECHAIN_TARGET"]);
        Assert.Equal("romulus", own.Environment["TEECHAIN_SOURCE_NAME"]);
        Assert.Null(Of(new FleetFile { App = app }).Seed(new Place(1, "romulus"), _second));
    }

    [Fact]
    public void The_secret_is_made_once_for_its_owner_alone_and_another_must_be_one()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var data = new DataFolder(_folder);

        var (path, secret) = data.Secret(null);

        Assert.Equal(secret.ToArray(), data.Secret(null).Secret.ToArray());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => data.Secret(path)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => data.Secret(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void What_a_worker_left_is_put_aside_and_a_new_one_begins_with_nothing()
    {
        var data = new DataFolder(_folder);
        foreach (var content in (string[])["first", "second"])
        {
            data.EmptyWorker("remus");
            File.WriteAllText(Path.Combine(data.App("remus"), "users.log"), content);
            data.PutAside("remus");
        }

        data.EmptyWorker("remus");

        Assert.Empty(Directory.EnumerateFileSystemEntries(data.App("remus")));
        Assert.Equal("second", File.ReadAllText(Path.Combine(_folder, "workers/remus.left/app/users.log")));
    }

    [Fact]
    public void A_program_is_the_one_that_the_environment_names_then_the_nearest()
    {
        File.WriteAllText(Path.Combine(_folder, "teeproxy"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "bin"));
        File.WriteAllText(Path.Combine(_folder, "bin", "sample-app"), "");
        var named = new Dictionary<string, string> { ["PATH"] = $"/nowhere:{_folder}/bin" };
        var programs = new Programs(_folder, named.GetValueOrDefault);

        Assert.Equal($"{_folder}/teeproxy", programs.Teeproxy());
        Assert.Equal($"{_folder}/bin/sample-app", programs.SampleApp());
        named["TEECHAIN_SAMPLE_APP"] = $"{_folder}/teeproxy";
        Assert.Equal($"{_folder}/teeproxy", programs.SampleApp());
        named["TEECHAIN_SAMPLE_APP"] = "/nowhere/app";
        Assert.Contains("TEECHAIN_SAMPLE_APP", Assert.Throws<FileNotFoundException>(programs.SampleApp).Message, StringComparison.Ordinal);
    }

    private CommandLines Of(FleetFile file) => new(file, new DataFolder(_folder), "/bin/teeproxy", "/bin/sample-app", "/secret");
}
