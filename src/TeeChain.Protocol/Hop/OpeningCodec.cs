using System.Security.Cryptography;
using System.Text.Json;
using TeeChain.Protocol.Frames;

namespace TeeChain.Protocol.Hop;

/// <summary>
/// The three frames of an opening, and who proves what:
/// <code>
///   successor   → predecessor   CHALLENGE  nonce S (32)
///   predecessor → successor     OPEN       proof (32)  nonce P (32)  opening (JSON)
///   successor   → predecessor   ANSWER     proof (32)  answer (JSON)
/// </code>
/// A proof is HMAC-SHA256 under the shared secret over a word for the direction, both nonces and the JSON, so it is
/// bound to chain, nodes and direction and can be neither replayed nor reflected. It authenticates; it does not hide.
/// </summary>
public sealed class OpeningCodec(ReadOnlyMemory<byte> secret)
{
    /// <summary>Bytes of a nonce, and of a proof.</summary>
    public const int NonceBytes = 32;

    private const int ProofBytes = HMACSHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> DownstreamWord => "teechain/1 predecessor to successor"u8;

    private static ReadOnlySpan<byte> UpstreamWord => "teechain/1 successor to predecessor"u8;

    public static byte[] WriteChallenge(ReadOnlySpan<byte> successorNonce) => [.. new byte[FrameCodec.HeaderBytes], .. successorNonce];

    /// <summary>Reads a CHALLENGE payload. Its length is checked: a longer nonce would shift what the proof covers.</summary>
    /// <exception cref="DamagedFrameException">It is no nonce.</exception>
    public static byte[] ReadChallenge(ReadOnlySpan<byte> payload) =>
        payload.Length == NonceBytes ? payload.ToArray() : throw new DamagedFrameException($"a challenge of {payload.Length} bytes");

    public byte[] WriteOpening(Opening opening, ReadOnlySpan<byte> successorNonce, ReadOnlySpan<byte> predecessorNonce)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(opening, ProtocolJson.Default.Opening);
        return [.. new byte[FrameCodec.HeaderBytes], .. Proof(DownstreamWord, successorNonce, predecessorNonce, json), .. predecessorNonce, .. json];
    }

    /// <summary>Reads an OPEN payload; null when the proof is wrong: the other side does not know the secret.</summary>
    /// <exception cref="DamagedFrameException">It is no opening.</exception>
    public Opening? ReadOpening(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> successorNonce, out byte[] predecessorNonce)
    {
        if (payload.Length < ProofBytes + NonceBytes)
        {
            throw new DamagedFrameException("an opening that is too short");
        }

        predecessorNonce = payload.Slice(ProofBytes, NonceBytes).ToArray();
        var json = payload[(ProofBytes + NonceBytes)..];
        return Proves(payload, DownstreamWord, successorNonce, predecessorNonce, json)
            ? ReadJson(json, ProtocolJson.Default.Opening)
            : null;
    }

    public byte[] WriteAnswer(OpeningAnswer answer, ReadOnlySpan<byte> successorNonce, ReadOnlySpan<byte> predecessorNonce)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, ProtocolJson.Default.OpeningAnswer);
        return [.. new byte[FrameCodec.HeaderBytes], .. Proof(UpstreamWord, successorNonce, predecessorNonce, json), .. json];
    }

    /// <summary>Reads an ANSWER payload; null when the proof is wrong.</summary>
    /// <exception cref="DamagedFrameException">It is no answer.</exception>
    public OpeningAnswer? ReadAnswer(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> successorNonce, ReadOnlySpan<byte> predecessorNonce)
    {
        if (payload.Length < ProofBytes)
        {
            throw new DamagedFrameException("an answer that is too short");
        }

        var json = payload[ProofBytes..];
        return Proves(payload, UpstreamWord, successorNonce, predecessorNonce, json)
            ? ReadJson(json, ProtocolJson.Default.OpeningAnswer)
            : null;
    }

    private bool Proves(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> word, ReadOnlySpan<byte> successorNonce, ReadOnlySpan<byte> predecessorNonce, ReadOnlySpan<byte> json) =>
        CryptographicOperations.FixedTimeEquals(payload[..ProofBytes], Proof(word, successorNonce, predecessorNonce, json));

    private byte[] Proof(ReadOnlySpan<byte> word, ReadOnlySpan<byte> successorNonce, ReadOnlySpan<byte> predecessorNonce, ReadOnlySpan<byte> json)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Span);
        hmac.AppendData(word);
        hmac.AppendData(successorNonce);
        hmac.AppendData(predecessorNonce);
        hmac.AppendData(json);
        return hmac.GetHashAndReset();
    }

    private static T ReadJson<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new DamagedFrameException("an empty opening");
        }
        catch (JsonException e)
        {
            throw new DamagedFrameException($"an opening that is not what this version expects ({e.Message})");
        }
    }
}
