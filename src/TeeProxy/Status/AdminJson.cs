using System.Text.Json;
using System.Text.Json.Serialization;

namespace TeeProxy.Status;

/// <summary>The admin actions' bodies as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NextActions.Body))]
[JsonSerializable(typeof(ChainActions.Promoted))]
internal sealed partial class AdminJson : JsonSerializerContext;
