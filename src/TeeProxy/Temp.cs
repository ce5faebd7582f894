using TeeChain.Journaling;
using TeeProxy.Acks;
using TeeProxy.Requests;
namespace TeeProxy;
internal static class Temp {
 public static async Task Tee(Node node, HttpContext c) {
  var a = await node.Member.AdmitAsync(default);
  if (a is not Chain.Admittance.Admitted) { c.Response.StatusCode = 503; await c.Response.WriteAsync(a.ToString()!); return; }
  using var ms = new MemoryStream(); await c.Request.Body.CopyToAsync(ms);
  var h = new RequestHead(c.Request.Method, c.Request.Path + c.Request.QueryString, [.. c.Request.Headers.Where(x=>x.Key is not ("Content-Length" or "Connection")).Select(x => new KeyValuePair<string,string>(x.Key, x.Value.ToString()))]);
  var w = new PendingWrite(node.Pending, EntryPayload.InMemory(h.Encode(), ms.ToArray()));
  node.Journal.Append(w);
  var r = await w.Completion.WaitAsync(TimeSpan.FromSeconds(15));
  if (r is WriteResult.Answered x) { c.Response.StatusCode = x.Answer.Status; await x.Answer.Body.CopyToAsync(c.Response.BodyWriter, default); x.Answer.Body.Dispose(); }
  else { c.Response.StatusCode = 504; await c.Response.WriteAsync(r.ToString()!); }
 }
}
