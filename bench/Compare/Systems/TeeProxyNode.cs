using System.Net;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>How one node is started, and started again.</summary>
internal sealed record TeeProxyNode(string Name, IPEndPoint Listen, IPEndPoint Admin, IReadOnlyList<string> Arguments)
{
    public Child Start(Arena arena) => Child.Start(Name, arena.Folder, arena.TeeProxy, ["--listen", $"{Listen}", "--admin", $"{Admin}", "--drain", "0s", .. Arguments]);
}
