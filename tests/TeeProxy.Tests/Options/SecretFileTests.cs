using System.Runtime.Versioning;
using System.Text;
using TeeProxy.Options;

namespace TeeProxy.Tests.Options;

[UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("0123456789abcdef")]
    [InlineData("0123456789abcdef\n")]
    [InlineData("0123456789abcdef\r\n")]
    public void A_secret_is_taken_without_its_line_end(string content)
    {
        var (secret, error) = Read(content, Owners);

        Assert.Null(error);
        Assert.Equal("0123456789abcdef", Encoding.ASCII.GetString(secret.Span));
    }

    [Fact]
    public void A_short_secret_is_refused()
    {
        var (secret, error) = Read("0123456789abcde\n", Owners);

        Assert.True(secret.IsEmpty);
        Assert.Contains("holds 15 bytes; allowed: 16 to 4096", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_file_is_refused_unread()
    {
        var (_, error) = Read(new string('x', 5000), Owners);

        Assert.Contains("holds 5000 bytes", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_open_is_refused_with_advice(UnixFileMode others)
    {
        var (secret, error) = Read("0123456789abcdef", Owners | others);

        Assert.True(secret.IsEmpty);
        Assert.Contains($"chmod 600 {_path}", error, StringComparison.Ordinal);
    }

    private (ReadOnlyMemory<byte> Secret, string? Error) Read(string content, UnixFileMode mode)
    {
        File.WriteAllText(_path, content);
        File.SetUnixFileMode(_path, mode);
        var values = new ValueChecks(new HashSet<string>());
        return (SecretFile.Read(_path, values), values.Error);
    }
}
