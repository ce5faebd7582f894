using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace SampleApp.Bodies;

/// <summary>Reads user and password of a write: urlencoded (also when no type is named), multipart, or JSON.</summary>
internal static class CredentialsReader
{
    /// <summary>A user is kept in memory and in the log; a password only as its hash, so it may be of any length.</summary>
    public const int LongestUser = 1024;

    private static readonly FormOptions MultipartLimits = new()
    {
        KeyLengthLimit = BodyReader.MaxBodyBytes,
        ValueLengthLimit = BodyReader.MaxBodyBytes,
        MultipartBodyLengthLimit = BodyReader.MaxBodyBytes,
    };

    public static async Task<(Credentials Credentials, Refusal? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (credentials, refusal) = MediaTypeOf(request) switch
        {
            "" or "application/x-www-form-urlencoded" => await BodyReader.ReadAsync(request, FormFields.TryRead, cancellation),
            "application/json" => await BodyReader.ReadAsync(request, JsonFields.TryRead, cancellation),
            "multipart/form-data" => await ReadMultipartAsync(request, cancellation),
            _ => (default, new Refusal(
                StatusCodes.Status415UnsupportedMediaType,
                "allowed are application/x-www-form-urlencoded, multipart/form-data and application/json")),
        };
        return (credentials, refusal ?? Check(credentials));
    }

    private static string MediaTypeOf(HttpRequest request) =>
        request.ContentType is not { Length: > 0 } type ? ""
        : MediaTypeHeaderValue.TryParse(type, out var parsed) ? parsed.MediaType.ToString().ToLowerInvariant()
        : type;

    private static Refusal? Check(Credentials credentials) => credentials switch
    {
        { User: null or "" } => new Refusal(StatusCodes.Status400BadRequest, "user is missing"),
        { User.Length: > LongestUser } => new Refusal(StatusCodes.Status400BadRequest, $"user may have at most {LongestUser} characters"),
        { Password: null or "" } => new Refusal(StatusCodes.Status400BadRequest, "password is missing"),
        _ => null,
    };

    private static async Task<(Credentials, Refusal?)> ReadMultipartAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            var form = await request.ReadFormAsync(MultipartLimits, cancellation);
            return form["user"].Count > 1 || form["password"].Count > 1
                ? (default, new Refusal(StatusCodes.Status400BadRequest, "user and password may be given once"))
                : (new Credentials(form["user"], form["password"]), null);
        }
        catch (InvalidDataException)
        {
            return (default, new Refusal(StatusCodes.Status400BadRequest, "the multipart form cannot be read"));
        }
    }
}
