using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SampleApp.Applied;
using SampleApp.Users;

namespace SampleApp.Durable;

/// <summary>
/// One arrival as one line of JSON. Salt and hash are there only where the change was accepted.
/// <code>
/// {"kind":"register","user":"alice","status":201,"version":1,"chain":"…","sequence":5,"redelivery":false,
///  "discarded":false,"salt":"base64","hash":"base64"}\n
/// </code>
/// </summary>
internal sealed record StateLine(
    ChangeKind Kind, string User, int Status, long Version, Guid? Chain, long? Sequence, bool Redelivery, bool Discarded,
    byte[]? Salt, byte[]? Hash)
{
    public static StateLine From(Arrival arrival, PasswordHash password)
    {
        var stored = arrival is { IsDiscarded: false, Outcome.IsAccepted: true } ? password : null;
        return new StateLine(
            arrival.Kind, arrival.User, arrival.Outcome.Status, arrival.Outcome.Version, arrival.Delivery?.Chain,
            arrival.Delivery?.Sequence, arrival.IsRedelivery, arrival.IsDiscarded, stored?.Salt, stored?.Hash);
    }

    /// <summary>False when the fields contradict each other: such a line was not written by <see cref="From"/>.</summary>
    public bool TryRead(out Arrival arrival, out PasswordHash? password)
    {
        var outcome = new Outcome(Status, Version);
        var delivery = Chain is { } chain && Sequence is { } sequence ? new Delivery(chain, sequence) : (Delivery?)null;
        arrival = new Arrival(Kind, User, delivery, Redelivery, Discarded, outcome);
        password = Salt is { Length: PasswordHash.SaltBytes } && Hash is { Length: PasswordHash.HashBytes }
            ? new PasswordHash(Salt, Hash)
            : null;
        var isChange = !Discarded && outcome.IsAccepted;
        return !string.IsNullOrEmpty(User) && isChange == (password is not null) && Chain.HasValue == Sequence.HasValue;
    }
}

[JsonSerializable(typeof(StateLine))]
internal sealed partial class StateLineJson : JsonSerializerContext
{
    /// <summary>Leaves letters readable; line breaks are escaped all the same, so a line stays a line.</summary>
    public static StateLineJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<ChangeKind>(JsonNamingPolicy.CamelCase) },
    });
}
