using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TeeChain.Protocol.Frames;
using TeeChain.Protocol.Hop;

namespace TeeChain.Protocol.Tests.Hop;

public sealed class OpeningCodecTests
{
    private const int ProofBytes = 32;

    private static readonly byte[] Secret = "the secret that all nodes share"u8.ToArray();

    private readonly OpeningCodec _codec = new(Secret);
    private readonly byte[] _ours = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);
    private readonly byte[] _theirs = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);

    private static Opening Opening => new()
    {
        Protocol = HopEndpoint.Version,
        Chain = Guid.NewGuid(),
        Node = Guid.NewGuid(),
        Journal = Guid.NewGuid(),
        Address = "127.0.0.1:9000",
        Epoch = 3,
        Head = Guid.NewGuid(),
        HeadAddress = "127.0.0.1:9000",
        Path = [Guid.NewGuid(), Guid.NewGuid()],
        Base = new Position(10, 1, 0xdeadbeef),
        Last = new Position(long.MaxValue, 3, uint.MaxValue),
        Epochs = [new EpochStart(1, Guid.NewGuid(), 1), new EpochStart(3, Guid.NewGuid(), 12)],
        Settings = "abc",
        SettingsText = "order=total",
        EagerAcks = true,
    };

    private static OpeningAnswer Answer => new()
    {
        Verdict = Verdict.WentBack,
        Reason = "because",
        Chain = Guid.NewGuid(),
        Node = Guid.NewGuid(),
        Journal = Guid.NewGuid(),
        PromisedEpoch = 3,
        Last = new Position(4, 2, 7),
        Address = "127.0.0.1:9001",
    };

    [Fact]
    public void An_opening_of_one_who_knows_the_secret_is_read()
    {
        var sent = Opening;

        var read = _codec.ReadOpening(Payload(_codec.WriteOpening(sent, _ours, _theirs)), _ours, out var nonce);

        Assert.Equal(_theirs, nonce);
        Assert.Equal(Json(sent), Json(read!));
    }

    [Fact]
    public void An_answer_of_one_who_knows_the_secret_is_read()
    {
        var sent = Answer;

        var read = _codec.ReadAnswer(Payload(_codec.WriteAnswer(sent, _ours, _theirs)), _ours, _theirs);

        Assert.Equal(Json(sent), Json(read!));
    }

    [Fact]
    public void Another_secret_proves_nothing()
    {
        var stranger = new OpeningCodec("another"u8.ToArray());

        Assert.Null(_codec.ReadOpening(Payload(stranger.WriteOpening(Opening, _ours, _theirs)), _ours, out _));
        Assert.Null(_codec.ReadAnswer(Payload(stranger.WriteAnswer(Answer, _ours, _theirs)), _ours, _theirs));
    }

    [Fact]
    public void What_was_said_to_another_nonce_is_no_proof()
    {
        var opening = Payload(_codec.WriteOpening(Opening, _ours, _theirs));
        var answer = Payload(_codec.WriteAnswer(Answer, _ours, _theirs));
        var fresh = RandomNumberGenerator.GetBytes(OpeningCodec.NonceBytes);

        Assert.Null(_codec.ReadOpening(opening, fresh, out _));
        Assert.Null(_codec.ReadAnswer(answer, fresh, _theirs));
        Assert.Null(_codec.ReadAnswer(answer, _ours, fresh));
    }

    [Fact]
    public void An_opening_is_no_answer_and_an_answer_no_opening()
    {
        var opening = Payload(_codec.WriteOpening(Opening, _ours, _theirs));
        var answer = Payload(_codec.WriteAnswer(Answer, _ours, _theirs));

        // As an attacker would cut them: the proof of one direction over the same nonces and the same JSON.
        var reflected = (byte[])[.. opening[..ProofBytes], .. opening[(ProofBytes + OpeningCodec.NonceBytes)..]];
        var returned = (byte[])[.. answer[..ProofBytes], .. _theirs, .. answer[ProofBytes..]];

        Assert.Null(_codec.ReadAnswer(reflected, _ours, _theirs));
        Assert.Null(_codec.ReadOpening(returned, _ours, out _));
    }

    [Fact]
    public void Every_changed_byte_of_an_opening_breaks_the_proof()
    {
        var payload = Payload(_codec.WriteOpening(Opening, _ours, _theirs));

        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= 0x20;
            Assert.Null(_codec.ReadOpening(payload, _ours, out _));
            payload[i] ^= 0x20;
        }

        Assert.NotNull(_codec.ReadOpening(payload, _ours, out _));
    }

    [Fact]
    public void Members_of_a_later_version_are_passed_over()
    {
        var opening = JsonSerializer.SerializeToNode(Opening, ProtocolJson.Default.Opening)!.AsObject();
        opening["lanes"] = 16;
        opening["witnesses"] = new JsonArray(new JsonObject { ["node"] = "x" });

        var read = _codec.ReadOpening(Proven(opening.ToJsonString()), _ours, out _);

        Assert.Equal(3, read!.Epoch);
        Assert.True(read.EagerAcks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"protocol\":")]
    [InlineData("\u0000\u0001")]
    public void Proven_bytes_that_are_no_opening_are_damaged(string json) =>
        Assert.Throws<DamagedFrameException>(() => _codec.ReadOpening(Proven(json), _ours, out _));

    [Theory]
    [InlineData("path")]
    [InlineData("address")]
    [InlineData("epochs")]
    [InlineData("settings")]
    [InlineData("settingsText")]
    public void A_null_where_a_value_belongs_is_damaged(string member)
    {
        var opening = JsonSerializer.SerializeToNode(Opening, ProtocolJson.Default.Opening)!.AsObject();
        opening[member] = null;

        Assert.Throws<DamagedFrameException>(() => _codec.ReadOpening(Proven(opening.ToJsonString()), _ours, out _));
    }

    [Fact]
    public void A_payload_too_short_for_a_proof_is_damaged()
    {
        for (var length = 0; length < ProofBytes; length++)
        {
            var payload = new byte[length];

            Assert.Throws<DamagedFrameException>(() => _codec.ReadOpening(payload, _ours, out _));
            Assert.Throws<DamagedFrameException>(() => _codec.ReadAnswer(payload, _ours, _theirs));
        }

        Assert.Throws<DamagedFrameException>(() => _codec.ReadOpening(new byte[ProofBytes + OpeningCodec.NonceBytes - 1], _ours, out _));
    }

    [Fact]
    public void A_challenge_is_a_nonce()
    {
        var payload = Payload(OpeningCodec.WriteChallenge(_ours));

        Assert.Equal(_ours, OpeningCodec.ReadChallenge(payload));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void A_challenge_of_another_length_is_damaged_since_it_would_shift_what_the_proof_covers(int length) =>
        Assert.Throws<DamagedFrameException>(() => OpeningCodec.ReadChallenge(new byte[length]));

    /// <summary>An OPEN payload over any text, proven as the format says.</summary>
    private byte[] Proven(string json)
    {
        var text = Encoding.UTF8.GetBytes(json);
        byte[] covered = [.. "teechain/1 predecessor to successor"u8, .. _ours, .. _theirs, .. text];
        return [.. HMACSHA256.HashData(Secret, covered), .. _theirs, .. text];
    }

    private static byte[] Payload(byte[] frame) => frame[FrameCodec.HeaderBytes..];

    private static string Json(OpeningAnswer answer) => JsonSerializer.Serialize(answer, ProtocolJson.Default.OpeningAnswer);

    private static string Json(Opening opening) => JsonSerializer.Serialize(opening, ProtocolJson.Default.Opening);
}
