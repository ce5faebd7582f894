using System.Diagnostics;
using OpenTelemetry;

namespace TeeProxy.Tracing;

/// <summary>Says on each span whose it is, and as what the node acted.</summary>
internal sealed class NodeTags(string node, Func<string> role) : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnStart(Activity data)
    {
        data.SetTag("teechain.node", node);
        data.SetTag("teechain.role", role());
    }
}
