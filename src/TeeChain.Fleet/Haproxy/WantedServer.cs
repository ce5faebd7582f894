namespace TeeChain.Fleet.Haproxy;

/// <summary>A server that HAProxy should have. Addresses are IP addresses: HAProxy resolves no names of servers added while it runs.</summary>
/// <param name="CheckAddress">Of the node's admin port, which is asked whether it is ready.</param>
internal sealed record WantedServer(ServerId Id, string Address, int Port, string CheckAddress, int CheckPort, Turn Turn)
{
    /// <summary>How the node is spoken to over TLS (<see cref="ServerTls"/>); empty: without.</summary>
    public string Tls { get; init; } = "";

    /// <summary>As a <c>server</c> line and <c>add server</c> say it.</summary>
    public string Placement =>
        $"{Bracketed(Address)}:{Port} port {CheckPort}" + (CheckAddress == Address ? "" : $" addr {Bracketed(CheckAddress)}")
        + (Tls.Length == 0 ? "" : $" {Tls}");

    private static string Bracketed(string ip) => ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip;
}

/// <summary>A server that HAProxy has.</summary>
/// <param name="Address">Empty while a name is not resolved.</param>
/// <param name="CheckAddress">Empty: its own.</param>
/// <param name="IsUp">Whether HAProxy finds that it may get requests.</param>
internal sealed record SeenServer(ServerId Id, string Address, int Port, string CheckAddress, int CheckPort, bool IsChecked, Turn Turn, bool IsUp)
{
    public bool IsWhere(WantedServer wanted) =>
        Address == wanted.Address && Port == wanted.Port
        && (CheckAddress.Length == 0 ? Address : CheckAddress) == wanted.CheckAddress && CheckPort == wanted.CheckPort;
}
