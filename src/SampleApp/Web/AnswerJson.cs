using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SampleApp.Web;

/// <param name="Token">Only where a test asks for it: something that differs from one application to the next.</param>
internal sealed record UserBody(
    string User, long Version, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Token = null);

internal sealed record HelloBody(string Message);

internal sealed record StateBody(string Name, int Users, long Applied, long Discarded, string Digest);

/// <summary>
/// <c>First</c> is the number of the first arrival in this answer, above after + 1 when older ones are no longer kept;
/// <c>Next</c> is what to ask for next as <c>after</c>, and equals the <c>after</c> asked for when there is no more.
/// </summary>
internal sealed record LogBody(IReadOnlyList<AppliedEntry> Applied, IReadOnlyList<DiscardedEntry> Discarded, long First, long Next);

internal sealed record AppliedEntry(
    long Index, long? Sequence, Guid? Chain, string User, string Kind, int Status, long Version, bool Redelivery);

internal sealed record DiscardedEntry(long Index, long Sequence, Guid Chain, string User, string Kind, bool Marked);

internal sealed record ControlsBody(TestControl FailWrites, TestControl Hang, TestControl MutateAnswers, TestControl MutateBodies, long Failed);

/// <summary>
/// A status or milliseconds, 0 being off; for one user, or for every user (null); and, of a hang alone, whether it comes
/// before or after the write is applied.
/// </summary>
internal sealed record TestControl(int Value, string? User = null, string? At = null)
{
    public static readonly TestControl Off = new(0);

    public bool Concerns(string user) => Value != 0 && (User is null || User == user);
}

[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(HelloBody))]
[JsonSerializable(typeof(StateBody))]
[JsonSerializable(typeof(LogBody))]
[JsonSerializable(typeof(ControlsBody))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>Escapes no more than JSON asks for: the answers are served as JSON, never inside HTML.</summary>
    public static AnswerJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
