using System.Text.Json;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Registration;
using TeeChain.Protocol.Status;

namespace TeeChain.Protocol.Tests;

/// <summary>A node of another version, or a stranger, may leave out whatever is not required.</summary>
public sealed class ProtocolJsonTests
{
    [Fact]
    public void A_list_that_is_left_out_is_empty_and_a_text_too()
    {
        var answer = Read<OpeningAnswer>("""{"verdict":0,"reason":"","node":"NODE","journal":"NODE","promisedEpoch":1,"last":{},"base":{},"address":"a"}""");
        Assert.Empty(answer.Epochs);
        Assert.Empty(answer.Nodes);

        Assert.Empty(Read<Announcement>("""{"name":"a","address":"b","teeproxy":"c","admin":"d","time":1,"nonce":"e"}""").Signature);
    }

    [Theory]
    [InlineData("""{"verdict":0,"reason":"","node":"NODE","journal":"NODE","promisedEpoch":1,"last":{},"base":{},"address":"a","epochs":null}""")]
    public void A_null_in_its_place_is_refused(string text) => Assert.Throws<JsonException>(() => Read<OpeningAnswer>(text));

    [Fact]
    public void A_detail_of_an_older_or_a_later_release_reads()
    {
        var older = Read<NodeDetail>("""{"address":"a","admin":"b","notReadable":"c"}""");
        var later = Read<NodeDetail>("""{"address":"a","admin":"b","mood":"good","successors":[{"address":"d","connected":true,"ackedSequence":1,"mood":"good"}]}""");

        Assert.Equal(("c", null, null, null), (older.NotReadable, older.Ready, older.Successors, older.Role));
        Assert.Equal("d", Assert.Single(later.Successors!).Address);
    }

    private static T Read<T>(string text) =>
        (T)JsonSerializer.Deserialize(text.Replace("NODE", Guid.NewGuid().ToString(), StringComparison.Ordinal), typeof(T), ProtocolJson.Default)!;
}
