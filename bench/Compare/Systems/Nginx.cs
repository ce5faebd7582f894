using System.Net;
using Compare.Processes;

namespace Compare.Systems;

/// <summary>One nginx with one worker, tuned as its manual says: connections to upstreams are kept, nothing is logged.</summary>
internal static class Nginx
{
    /// <param name="upstreams">What http://NAME in the locations stands for.</param>
    /// <param name="locations">The server's locations.</param>
    /// <param name="modules">Paths of modules to load.</param>
    public static async Task<Child> StartAsync(
        Arena arena, string name, IPEndPoint listen, IReadOnlyDictionary<string, IPEndPoint> upstreams, string locations, params IEnumerable<string> modules)
    {
        var folder = arena.Fresh(name);
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            {{string.Concat(modules.Select(module => $"load_module {module};\n"))}}
            daemon off;
            worker_processes 1;
            worker_rlimit_nofile 20000;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log crit;
            events { worker_connections 8192; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              keepalive_requests 100000000;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
            {{string.Concat(upstreams.Select(upstream => $"  upstream {upstream.Key} {{ server {upstream.Value}; keepalive 256; keepalive_requests 100000000; }}\n"))}}
              server {
                listen {{listen}} backlog=4096;
            {{locations}}
              }
            }

            """);
        var child = Child.Start(name, folder, "nginx", "-e", "stderr", "-p", folder, "-c", configuration);
        await child.UntilAsync("it answers", () => Web.IsGoodAsync(arena.Http, $"http://{listen}/"));
        return child;
    }
}
