using System.Text.Json;
using System.Text.Json.Serialization;

namespace TeeChain.Fleet.Up;

/// <summary>What <c>GET /scale</c> and <c>POST /scale?workers=N</c> answer.</summary>
/// <param name="Workers">That there are, those included who are on their way in or out.</param>
/// <param name="Wanted">That there are to be.</param>
/// <param name="IsScaling">Whether something is still to be done for that.</param>
/// <param name="Failure">Why the last change failed; then <paramref name="Wanted"/> is what there is. Null when it did not.</param>
/// <param name="Most">That fit before two runs of ports meet.</param>
internal sealed record ScaleState(int Workers, int Wanted, bool IsScaling, string? Failure, int Most);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ScaleState))]
internal sealed partial class ScaleJson : JsonSerializerContext;
