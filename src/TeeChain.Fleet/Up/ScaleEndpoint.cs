using System.Globalization;
using TeeChain.Fleet.Registry;

namespace TeeChain.Fleet.Up;

/// <summary><c>GET /scale</c> tells how many workers there are, <c>POST /scale?workers=N</c> how many there are to be: 202, and it is on its way.</summary>
internal sealed class ScaleEndpoint(Scaler scaler)
{
    public async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Method is not ("GET" or "HEAD" or "POST"))
        {
            context.Response.Headers.Allow = "GET, HEAD, POST";
            await RegistryAnswer.ProblemAsync(context, 405, "This takes GET, HEAD and POST only.");
        }
        else if (context.Request.Method == "POST" && Ask(context.Request.Query["workers"].ToString()) is var (status, why))
        {
            await RegistryAnswer.ProblemAsync(context, status, why);
        }
        else
        {
            context.Response.StatusCode = context.Request.Method == "POST" ? 202 : 200;
            await context.Response.WriteAsJsonAsync(scaler.State, ScaleJson.Default.ScaleState, cancellationToken: context.RequestAborted);
        }
    }

    /// <summary>Null when it was taken.</summary>
    private (int Status, string Why)? Ask(string text)
    {
        var most = scaler.State.Most;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) || workers < 1 || workers > most)
        {
            return (400, $"workers is '{text}'; allowed: a whole number from 1 to {most}, which is how many fit before two runs of the file's ports meet.");
        }

        try
        {
            scaler.Ask(workers);
            return null;
        }
        catch (IOException e)
        {
            return (507, $"It cannot be written down ({e.Message}); nothing has changed.");
        }
    }
}
