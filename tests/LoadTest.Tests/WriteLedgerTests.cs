using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LoadTest.Requests;

namespace LoadTest.Tests;

public sealed class WriteLedgerTests
{
    private readonly WriteLedger _ledger = new();

    [Fact]
    public void A_good_answer_with_a_version_is_an_acknowledged_write()
    {
        Note(201, """{"user":"u","version":1}""");

        Assert.Equal(new AcceptedWrite("u", WriteKind.Register, 1), Assert.Single(_ledger.Acknowledged));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(302)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public void What_may_have_been_applied_is_unknown(int status)
    {
        Note(status, "");

        Assert.Equal((0, 1), (_ledger.Acknowledged.Count, _ledger.Unknown));
    }

    [Fact]
    public void What_the_application_refused_was_not_applied()
    {
        Note(409, "");

        Assert.Equal((0, 0), (_ledger.Acknowledged.Count, _ledger.Unknown));
    }

    [Theory]
    [InlineData("")]
    [InlineData("thank you")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"version":"1"}""")]
    [InlineData("""{"version":1.5}""")]
    [InlineData("""{"version":99999999999999999999}""")]
    public void A_good_answer_that_names_no_version_is_counted(string body)
    {
        Note(200, body);

        Assert.Equal((0, 1, 0), (_ledger.Acknowledged.Count, _ledger.Unnamed, _ledger.Unknown));
    }

    [Fact]
    public void No_body_is_too_strange() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), body =>
    {
        _ledger.Note("u", WriteKind.Register, new Answer(200, body ?? [], null));
        return true;
    }).QuickCheckThrowOnFailure();

    private void Note(int status, string body) => _ledger.Note("u", WriteKind.Register, new Answer(status, Encoding.UTF8.GetBytes(body), null));
}
