namespace TeeProxy.Status;

/// <summary>What the live page does: asks <c>/status</c>, and builds the page anew from text nodes, so that nothing in it needs escaping.</summary>
internal static class StatusPageScript
{
    public const string Js = """

        'use strict';
        const at = id => document.getElementById(id);
        const make = (tag, name, ...content) => {
          const element = document.createElement(tag);
          if (name) element.className = name;
          element.append(...content);
          return element;
        };
        const number = value => Number(value).toLocaleString('en');
        const state = (ok, yes, no) => make('span', ok ? 'good' : 'bad', ok ? yes : no);
        const short = id => id ? String(id).slice(0, 8) : 'unknown';
        const fill = (id, elements) => at(id).replaceChildren(...elements);
        const link = (text, admin) => {
          if (!/^[A-Za-z0-9.\-]+:[0-9]+$/.test(admin || '')) return text;
          const anchor = make('a', '', text);
          anchor.href = location.protocol + '//' + admin + '/';
          return anchor;
        };

        const node = (title, own, lines) => {
          const box = make('div', own ? 'node own' : 'node', make('h3', '', title), ...lines.map(line => make('p', '', line)));
          const item = make('li', '', box);
          if (own) item.setAttribute('aria-current', 'true');
          return item;
        };

        const ahead = s => {
          const items = [];
          if (s.role === 'head') return items;
          if (s.head && s.head !== s.nodeId && (!s.previous || s.previous.node !== s.head))
            items.push(node(s.headAddress || short(s.head), false, ['head', 'record ' + number(s.headSequence)]));
          if (s.previous) {
            const p = s.previous;
            items.push(node(p.address, false, [
              p.node === s.head ? 'head, before this node' : 'before this node',
              state(p.connected, 'connected', 'not connected'),
              'heard ' + p.secondsSinceHeartbeat.toFixed(1) + ' s ago']));
          }
          return items;
        };

        const here = s => node(s.address + ' (this node)', true, [
          s.role + ', epoch ' + number(s.epoch) + (s.draining ? ', draining' : ''),
          'record ' + number(s.lastSequence) + ', applied ' + number(s.appliedSequence),
          state(s.ready.read.ok, 'gets reads', 'gets no reads: ' + s.ready.read.why)]);

        const behind = s => {
          const items = s.rows.map(row => {
            const d = row.detail;
            const lines = [
              'on disk ' + number(row.durable) + ', applied ' + number(row.applied),
              number(Math.max(0, s.lastSequence - row.applied)) + ' behind this node',
              state(row.readable, 'gets reads', 'gets no reads' + (d && d.notReadable ? ': ' + d.notReadable : ''))];
            if (s.detached.some(one => one.node === row.node)) lines.push(state(false, '', 'let go: what it lacks filled the journal'));
            if (!row.whole) lines.push(state(false, '', 'the chain behind it is not whole'));
            if (d && d.divergences + d.parked > 0)
              lines.push(state(false, '', number(d.divergences) + ' divergences, ' + number(d.parked) + ' parked'));
            return node(d ? link(d.address, d.admin) : short(row.node), false, lines);
          });
          if (s.next && !s.next.connected && items.length === 0)
            items.push(node(s.next.address, false, [state(false, '', 'no entries flow: ' + (s.next.why || s.next.verdict || 'not connected'))]));
          return items;
        };

        const facts = s => {
          const readiness = r => state(r.ok, 'ready', r.why || 'not ready');
          const rows = [
            ['Takes writes', readiness(s.ready.write)],
            ['Takes reads', readiness(s.ready.read)],
            ['Takes stale reads', readiness(s.ready.stale)],
            ['Application ' + s.local, state(s.application.up, 'up', s.application.why || 'down')],
            ['Lag', number(s.lagEntries) + ' records, ' + s.lagSeconds.toFixed(1) + ' s'],
            ['Journal', 'records ' + number(s.firstSequence) + ' to ' + number(s.lastSequence) + ', '
              + (s.journalBytes / 1048576).toFixed(1) + ' MiB, of which ' + (s.heldBytes / 1048576).toFixed(1) + ' MiB are still needed'],
            ['Redelivered', number(s.redelivered)],
            ['Parked', number(s.parked)]];
          if (s.next) rows.push(['Next ' + s.next.address, state(s.next.connected, 'entries flow', s.next.why || s.next.verdict || 'not connected')]);
          return rows.flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]);
        };

        const problems = s => s.problems.length === 0
          ? [make('li', 'quiet', 'None.')]
          : s.problems.map(p => make('li', '', make('strong', '', p.verdict + ' ' + p.peer), ': ' + p.text,
              make('span', 'quiet', ' (since ' + new Date(p.since).toLocaleString() + ', ' + number(p.times) + ' times)')));

        const divergences = s => {
          if (s.recentDivergences.length === 0) return [make('p', 'quiet', 'None.')];
          const row = (tag, cells) => make('tr', '', ...cells.map(cell => make(tag, '', String(cell))));
          return [
            make('p', '', number(s.divergences) + ' in all; the newest first.'),
            make('table', '',
              make('thead', '', row('th', ['Sequence', 'Request', 'Node', 'Answered', 'Head answered', 'Seen'])),
              make('tbody', '', ...s.recentDivergences.map(d => row('td', [
                d.sequence, d.method + ' ' + d.path, short(d.node), d.status, d.headStatus, new Date(d.seen).toLocaleString()]))))];
        };

        const say = text => { if (at('notice').textContent !== text) at('notice').textContent = text; };
        let seen = null;

        const show = s => {
          document.title = 'TeeChain ' + s.address + ' ' + s.role;
          at('address').textContent = s.address;
          at('summary').textContent = s.role + ', version ' + s.version + ', chain ' + short(s.chain)
            + ', node ' + short(s.nodeId) + ', up for ' + number(Math.round(s.uptimeSeconds)) + ' s';
          fill('chain', [...ahead(s), here(s), ...behind(s)]);
          fill('facts', facts(s));
          fill('problems', problems(s));
          fill('divergences', divergences(s));
        };

        const ask = async () => {
          try {
            const answer = await fetch('/status', { signal: AbortSignal.timeout(3000) });
            if (!answer.ok) throw new Error('it answered ' + answer.status);
            show(await answer.json());
            seen = new Date();
            say('');
          } catch (error) {
            say('The node did not say how it is (' + error.message + '). '
              + (seen ? 'What stands here is of ' + seen.toLocaleTimeString() + '.' : ''));
          }
          setTimeout(ask, 1000);
        };
        ask();

        """;
}
