namespace TeeChain.Fleet.Haproxy;

/// <summary>A server as HAProxy's commands name it.</summary>
internal readonly record struct ServerId(string Backend, string Name)
{
    public override string ToString() => $"{Backend}/{Name}";
}
