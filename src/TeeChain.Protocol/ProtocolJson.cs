using System.Text.Json;
using System.Text.Json.Serialization;
using TeeChain.Protocol.Hop;
using TeeChain.Protocol.Registration;
using TeeChain.Protocol.Status;

namespace TeeChain.Protocol;

/// <summary>
/// How the protocol's records look as JSON: camelCase, nulls left out, no reflection at run time. A null where the type
/// allows none is refused while it is read; but what a text leaves out arrives at an <c>init</c> property as null, whatever
/// its initializer says (the generated reader passes every member), so each such property puts its own empty value there.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Opening))]
[JsonSerializable(typeof(OpeningAnswer))]
[JsonSerializable(typeof(ChainView))]
[JsonSerializable(typeof(NodeDetail))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ParkedStatus[]))]
[JsonSerializable(typeof(StatusAt))]
[JsonSerializable(typeof(HoldGrant))]
[JsonSerializable(typeof(AnswerReport))]
[JsonSerializable(typeof(Announcement))]
[JsonSerializable(typeof(Grant))]
public sealed partial class ProtocolJson : JsonSerializerContext;
