using System.Text.Json;
using System.Text.Json.Serialization;

namespace SampleApp.Bodies;

/// <summary>Reads user and password out of a JSON object; other members are skipped, a doubled one is refused.</summary>
internal static class JsonFields
{
    public static Refusal? TryRead(ReadOnlySpan<byte> json, out Credentials credentials)
    {
        try
        {
            credentials = JsonSerializer.Deserialize(json, CredentialsJson.Default.Credentials);
            return null;
        }
        catch (JsonException)
        {
            credentials = default;
            return new Refusal(StatusCodes.Status400BadRequest, "the body is not a JSON object with the texts user and password");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Credentials))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
