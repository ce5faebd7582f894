using System.Net;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>
/// The ways to do it with nginx. The last application has no proxy of its own, which favours nginx: three nodes need two.
/// </summary>
internal static class NginxSystems
{
    private const int Nodes = 3;

    /// <summary>Debian's packages put them there.</summary>
    private static readonly string[] Lua = ["/usr/lib/nginx/modules/ndk_http_module.so", "/usr/lib/nginx/modules/ngx_http_lua_module.so"];

    /// <summary>Each nginx sends the write to its application and mirrors it to the next.</summary>
    public static Contestant Chain { get; } = new("nginx mirror chain", Nodes, Contestant.WithBody, arena => ChainAsync(arena, Mirror));

    /// <summary>Its best case: only where a mirrored answer has no body does nginx keep the connection.</summary>
    public static Contestant ChainOfEmptyAnswers { get; } = new("nginx mirror chain, empty answers", Nodes, Contestant.Empty, arena => ChainAsync(arena, Mirror));

    /// <summary>One nginx mirrors to all other applications.</summary>
    public static Contestant Star { get; } = new("nginx mirror star", Nodes, Contestant.WithBody, StarAsync);

    /// <summary>The same chain by Lua subrequests, which read the answers and so keep the connections; waits for the next hop.</summary>
    public static Contestant LuaChain { get; } = new("nginx + Lua subrequests", Nodes, Contestant.WithBody, arena => ChainAsync(arena, Subrequests, Lua));

    private const string Mirror = """
            location / { mirror /mirror; proxy_pass http://local; }
            location = /mirror { internal; proxy_pass http://next$request_uri; }
        """;

    private const string Subrequests = """
            location /local/ { internal; proxy_pass http://local/; }
            location /next/ { internal; proxy_pass http://next/; }
            location / {
              content_by_lua_block {
                if ngx.req.get_method() ~= "POST" then return ngx.exec("/local" .. ngx.var.uri) end
                ngx.req.read_body()
                local options = { method = ngx.HTTP_POST, always_forward_body = true }
                local answer = ngx.location.capture_multi({ { "/local" .. ngx.var.uri, options }, { "/next" .. ngx.var.uri, options } })
                ngx.status = answer.status
                ngx.header["Content-Type"] = answer.header["Content-Type"]
                ngx.header["Content-Length"] = #answer.body
                ngx.print(answer.body)
              }
            }
        """;

    private static async Task<RunningSystem> ChainAsync(Arena arena, string locations, params string[] modules)
    {
        var applications = arena.Nodes(Nodes);
        var proxies = new List<Child>();
        var next = applications[^1];
        for (var i = Nodes - 2; i >= 0; i--)
        {
            var listen = arena.FreeAddress();
            var upstreams = new Dictionary<string, IPEndPoint> { ["local"] = applications[i], ["next"] = next };
            proxies.Insert(0, await Nginx.StartAsync(arena, $"nginx{i + 1}", listen, upstreams, locations, modules));
            next = listen;
        }

        return new RunningSystem([next], proxies);
    }

    private static async Task<RunningSystem> StarAsync(Arena arena)
    {
        var applications = arena.Nodes(Nodes);
        var listen = arena.FreeAddress();
        var upstreams = applications.Select((address, i) => (Name: $"application{i}", address)).ToDictionary(pair => pair.Name, pair => pair.address);
        var mirrors = Enumerable.Range(1, Nodes - 1).ToList();
        var locations = $$"""
                location / { {{string.Concat(mirrors.Select(i => $"mirror /mirror{i}; "))}}proxy_pass http://application0; }
            {{string.Join('\n', mirrors.Select(i => $"    location = /mirror{i} {{ internal; proxy_pass http://application{i}$request_uri; }}"))}}
            """;
        return new RunningSystem([listen], [await Nginx.StartAsync(arena, "nginx1", listen, upstreams, locations)]);
    }
}
