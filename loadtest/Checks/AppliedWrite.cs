using System.Text.Json.Serialization;
using LoadTest.Requests;

namespace LoadTest.Checks;

/// <summary>One page of the sample application's <c>/state/log</c>.</summary>
/// <param name="First">The number of the first arrival in it; above what was asked for when older ones are no longer kept.</param>
/// <param name="Next">What to ask for next; equals what was asked for when there is no more.</param>
internal sealed record LogPage(IReadOnlyList<LoggedWrite> Applied, long First, long Next);

/// <summary>A write as <c>/state/log</c> shows it, also when the application refused it (404, 409).</summary>
internal sealed record LoggedWrite(long? Sequence, string User, string Kind, int Status, long Version);

/// <summary><c>/state</c>: how many arrivals there were, whatever became of them.</summary>
internal sealed record StateCounts(long Applied, long Discarded);

/// <summary>An accepted write where a node's application has it, in the order in which it arrived.</summary>
/// <param name="Sequence">The chain's; null where it came past the chain.</param>
internal readonly record struct AppliedWrite(long? Sequence, AcceptedWrite Write);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(StateCounts))]
internal sealed partial class ApplicationJson : JsonSerializerContext;
