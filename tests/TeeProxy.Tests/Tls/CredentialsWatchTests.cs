using System.Runtime.Versioning;
using TeeChain.Protocol.Tls;

namespace TeeProxy.Tests.Tls;

[UnsupportedOSPlatform("windows")]
public sealed class CredentialsWatchTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly List<string> _said = [];
    private readonly CredentialsWatch _watch;
    private readonly Credentials _first;

    public CredentialsWatchTests()
    {
        _first = Credentials.Read(_authority.Issue("a"), out _)!;
        _watch = new CredentialsWatch(_first, by => _said.Add($"replaced by {by.Context.TargetCertificate.SerialNumber}"), _said.Add, TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Files_that_stay_as_they_were_change_nothing()
    {
        await _watch.StepAsync(Cancellation);

        Assert.Same(_first, _watch.Current);
        Assert.Empty(_said);
    }

    [Fact]
    public async Task New_files_are_for_the_next_handshake()
    {
        _authority.Issue("a");

        await _watch.StepAsync(Cancellation);

        Assert.NotEqual(_first.Context.TargetCertificate.SerialNumber, _watch.Current.Context.TargetCertificate.SerialNumber);
        Assert.Equal([$"replaced by {_watch.Current.Context.TargetCertificate.SerialNumber}"], _said);
        Assert.Null(_watch.Problem);
    }

    [Fact]
    public async Task A_broken_file_keeps_the_old_certificate_and_is_said_once()
    {
        await File.WriteAllTextAsync(_first.Files.Certificate, "broken", Cancellation);

        await _watch.StepAsync(Cancellation);
        await _watch.StepAsync(Cancellation);

        Assert.Same(_first, _watch.Current);
        Assert.Equal([$"the certificate stays as it was: --tls-cert: \"{_first.Files.Certificate}\" holds no certificate; allowed: PEM, this node's certificate first"], _said);
        Assert.Equal(_said[0], _watch.Problem);
    }

    [Fact]
    public async Task What_was_broken_is_mended_without_a_restart()
    {
        File.Delete(_first.Files.Key);
        await _watch.StepAsync(Cancellation);
        Assert.Contains("cannot be read", _watch.Problem, StringComparison.Ordinal);
        _authority.Issue("a");

        await _watch.StepAsync(Cancellation);

        Assert.NotSame(_first, _watch.Current);
        Assert.Null(_watch.Problem);
    }

    [Fact]
    public async Task A_certificate_whose_key_comes_a_moment_later_is_waited_for()
    {
        var (certificate, key) = Renewed();
        await File.WriteAllTextAsync(_first.Files.Certificate, certificate, Cancellation);

        var step = _watch.StepAsync(Cancellation);
        await File.WriteAllTextAsync(_first.Files.Key, key, Cancellation);
        await step;

        Assert.NotSame(_first, _watch.Current);
        Assert.StartsWith("replaced by", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_does_not_take_the_place_of_a_valid_one()
    {
        _authority.Issue("a", days: (-10, -1));

        await _watch.StepAsync(Cancellation);

        Assert.Same(_first, _watch.Current);
        Assert.Contains("expired at", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_the_certificate_in_use_has_expired_is_said_once_and_stands_until_another_is_there()
    {
        var said = new List<string>();
        var watch = new CredentialsWatch(Credentials.Read(_authority.Issue("b", days: (-10, -1)), out _)!, _ => { }, said.Add, TimeProvider.System);

        await watch.StepAsync(Cancellation);
        await watch.StepAsync(Cancellation);
        var before = watch.Problem;
        _authority.Issue("b");
        await watch.StepAsync(Cancellation);

        Assert.Contains("put another there, no restart is needed", Assert.Single(said), StringComparison.Ordinal);
        Assert.Equal(said[0], before);
        Assert.Null(watch.Problem);
    }

    [Fact]
    public async Task Who_asks_does_not_wait_for_the_next_look()
    {
        using var stop = new CancellationTokenSource();
        var running = _watch.RunAsync(stop.Token);
        _authority.Issue("a");

        await Eventually.TrueAsync(
            () =>
            {
                _watch.Ask();
                return !ReferenceEquals(_watch.Current, _first);
            },
            "the new files are in use");

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_link_that_is_turned_to_another_folder_is_followed()
    {
        // As Kubernetes mounts secrets: the link's own time may stay as it was.
        var renewed = Directory.CreateDirectory(_authority.Path("renewed"));
        var (certificate, key) = Renewed();
        await File.WriteAllTextAsync(Path.Combine(renewed.FullName, "a.pem"), certificate, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(renewed.FullName, "a.key"), key, Cancellation);
        File.SetUnixFileMode(Path.Combine(renewed.FullName, "a.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(_first.Files.Certificate);
        File.Delete(_first.Files.Key);
        File.CreateSymbolicLink(_first.Files.Certificate, Path.Combine(renewed.FullName, "a.pem"));
        File.CreateSymbolicLink(_first.Files.Key, Path.Combine(renewed.FullName, "a.key"));

        await _watch.StepAsync(Cancellation);

        Assert.NotSame(_first, _watch.Current);
    }

    /// <summary>A certificate and a key that are in nobody's files yet.</summary>
    private (string Certificate, string Key) Renewed()
    {
        var files = _authority.Issue("renewed-a");
        return (File.ReadAllText(files.Certificate), File.ReadAllText(files.Key));
    }
}
