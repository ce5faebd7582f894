using System.Text;
using TeeProxy.Status;

namespace TeeProxy.Tests.Status;

public sealed class AdminTokenTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("admin-token").FullName;

    private string TokenFile => Path.Combine(_folder, "admin-token");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_token_is_made_once_for_its_owner_only()
    {
        AdminToken.LoadOrCreate(_folder, default);
        var made = File.ReadAllText(TokenFile).Trim();
        var again = AdminToken.LoadOrCreate(_folder, default);

        Assert.Matches("^[0-9a-f]{64}$", made);
        Assert.True(again.Matches("Bearer " + made));
        Assert.Equal([TokenFile], Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        }
    }

    [Fact]
    public void Two_nodes_make_two_tokens()
    {
        var first = AdminToken.LoadOrCreate(_folder, default);
        File.Delete(TokenFile);
        AdminToken.LoadOrCreate(_folder, default);

        Assert.False(first.Matches("Bearer " + File.ReadAllText(TokenFile).Trim()));
    }

    [Fact]
    public void A_crash_while_it_was_made_does_no_harm()
    {
        File.WriteAllText(TokenFile + ".new", "half");

        var token = AdminToken.LoadOrCreate(_folder, default);

        Assert.True(token.Matches("Bearer " + File.ReadAllText(TokenFile).Trim()));
    }

    [Fact]
    public void A_secret_takes_the_place_of_the_file()
    {
        var token = AdminToken.LoadOrCreate(_folder, Encoding.UTF8.GetBytes("grün"));

        Assert.True(token.Matches("bearer grün"));
        Assert.False(token.Matches("grün"));
        Assert.False(token.Matches(null));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void An_empty_file_is_an_error_that_says_what_to_do()
    {
        File.WriteAllText(TokenFile, "\n");

        var error = Assert.Throws<InvalidDataException>(() => AdminToken.LoadOrCreate(_folder, default));

        Assert.Contains(TokenFile, error.Message, StringComparison.Ordinal);
        Assert.Contains("Remove it", error.Message, StringComparison.Ordinal);
    }
}
