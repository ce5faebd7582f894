'use strict';
/*
 * Asks this node's /status every second and draws what it says. Every text of it, names and paths too, may be anybody's: it
 * gets into the page as text alone (the policy that comes with the page lets the browser refuse anything else). What stands on
 * the page is changed in place and never rebuilt, so that the focus and a screen reader stay where they are.
 */
const every = 1000, longest = 10000, patience = 3000;

const at = id => document.getElementById(id);
const number = value => value == null ? '–' : Number(value).toLocaleString('en');
const count = (n, one, many) => number(n) + ' ' + (n === 1 ? one : many);
const clock = date => date.toLocaleTimeString('en-GB');
const short = id => id ? String(id).slice(0, 8) : 'unknown';
const seconds = value => value < 10 ? value.toFixed(1) + ' s' : value < 120 ? Math.round(value) + ' s'
  : value < 7200 ? Math.round(value / 60) + ' min' : Math.round(value / 3600) + ' h';
const mib = bytes => (bytes / 1048576).toFixed(1) + ' MiB';

const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const make = (tag, name, ...content) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...content);
  return element;
};

// Fills an element with what build() makes, only when what it is made from is another than the last time.
const made = new WeakMap();
const fill = (element, from, build) => {
  const key = JSON.stringify(from);
  if (made.get(element) === key) return;
  made.set(element, key);
  element.replaceChildren(...build());
};

const nameOf = place => place.name || place.address || short(place.node);

// Another node's page can be opened from here only where both are on this machine: elsewhere it asks for the secret.
const isLoopback = host => /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/.test(host);
const pageOf = place => {
  const parts = /^([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})$/.exec(place.admin || '');
  return parts && !place.self && isLoopback(parts[1]) && isLoopback(location.hostname) ? 'http://' + place.admin + '/' : null;
};

const linkText = (place, before) => {
  const link = place.link;
  if (!link) return '';
  const past = before && link.from && link.from !== before.address;
  const from = link.from ? ' by ' + link.from : '', why = link.why ? ': ' + link.why : '';
  switch (link.state) {
    case 'connected': return 'connected' + (past ? ' to ' + link.from + ', past ' + nameOf(before) : '');
    case 'bypassed': return 'bypassed' + from + why;
    case 'catchup': return 'bypassed' + from + ', being brought up to date';
    case 'down': return 'down' + (past ? ', from ' + link.from : '') + why;
    default: return 'link unknown' + (link.from ? ': ' + link.from + ' is not heard of' : '');
  }
};

const silence = place => place.node == null ? 'Has never answered'
  : place.secondsSinceHeard == null ? 'Not heard of since this node started' : 'Not heard of for ' + seconds(place.secondsSinceHeard);

const states = place => {
  const list = [], add = (kind, text) => list.push([kind, text]);
  if (!place.heard) {
    add('bad', silence(place) + (place.durable == null ? '' : '; the figures are the last known'));
    return list;
  }
  const ready = place.ready;
  if (ready) {
    if (place.role === 'head' || ready.write.ok) add(ready.write.ok ? 'good' : 'bad', ready.write.ok ? 'takes writes' : 'no writes: ' + ready.write.why);
    add(ready.read.ok ? 'good' : 'bad', ready.read.ok ? 'takes reads' : 'no reads: ' + ready.read.why);
    if (!ready.read.ok) add(ready.stale.ok ? 'warn' : 'bad', ready.stale.ok ? 'takes stale reads' : 'no stale reads' + (ready.stale.why === ready.read.why ? '' : ': ' + ready.stale.why));
  }
  if (place.draining) add('warn', 'draining');
  if (place.joining) add('warn', 'joining: does not count yet');
  if (place.detached) add('bad', 'detached: what it lacked filled the journal');
  return list;
};

const title = place => {
  const address = pageOf(place);
  if (!address) return [nameOf(place)];
  const anchor = make('a', '', nameOf(place));
  anchor.href = address;
  return [anchor];
};

const cards = new Map();

const card = key => {
  if (!cards.has(key)) cards.set(key, at('place-template').content.firstElementChild.cloneNode(true));
  return cards.get(key);
};

const figure = (box, name, text, kind) => {
  const value = box.querySelector('.' + name + ' dd');
  say(value, text);
  value.className = kind || '';
};

const drawPlace = (box, place, before) => {
  const silent = !place.heard, list = states(place);
  box.dataset.node = place.node || '';
  box.dataset.link = place.link ? place.link.state : '';
  box.classList.toggle('current', place.self);
  box.classList.toggle('silent', silent);
  box.classList.toggle('unready', !silent && list.some(([kind]) => kind === 'bad'));
  if (place.self) box.setAttribute('aria-current', 'true'); else box.removeAttribute('aria-current');

  const link = box.querySelector('.link');
  say(link, linkText(place, before));
  link.classList.toggle('bad', !!place.link && place.link.state === 'down');
  link.classList.toggle('warn', !!place.link && (place.link.state === 'bypassed' || place.link.state === 'catchup'));
  fill(box.querySelector('.name'), [nameOf(place), pageOf(place)], () => title(place));
  const role = box.querySelector('.role');
  say(role, place.role || '');
  role.classList.toggle('head', place.role === 'head');
  box.querySelector('.own').hidden = !place.self;
  say(box.querySelector('.where'), [
    place.name ? place.address : '', place.admin ? 'admin ' + place.admin : '', place.node ? 'id ' + short(place.node) : '',
    place.epoch ? 'epoch ' + number(place.epoch) : ''].filter(Boolean).join(' · '));

  box.querySelector('.figures').hidden = place.durable == null;
  figure(box, 'durable', number(place.durable));
  figure(box, 'applied', number(place.applied));
  figure(box, 'lag', place.lagEntries == null ? '–' : number(place.lagEntries) + (place.lagSeconds ? ' · ' + place.lagSeconds.toFixed(1) + ' s' : ''), place.lagSeconds > 1 ? 'warn' : '');
  figure(box, 'rate', place.writesPerSecond == null ? '–' : place.writesPerSecond.toLocaleString('en'));
  figure(box, 'parked', number(place.parked), place.parked ? 'bad' : '');
  figure(box, 'divergences', number(place.divergences), place.divergences ? 'warn' : '');
  fill(box.querySelector('.states'), list, () => list.map(([kind, text]) => make('li', kind, text)));
};

const drawChain = places => {
  const list = at('chain'), keys = new Set();
  places.forEach((place, i) => {
    const key = place.node || 'at ' + place.address, box = card(key);
    keys.add(key);
    drawPlace(box, place, places[i - 1]);
    if (list.children[i] !== box) list.insertBefore(box, list.children[i] || null);
  });
  for (const [key, box] of cards) {
    if (!keys.has(key)) { box.remove(); cards.delete(key); }
  }
};

const sum = (places, member) => places.reduce((all, place) => all + (place[member] || 0), 0);

const drawTiles = (s, places) => {
  const head = places.find(place => place.role === 'head'), heard = places.filter(place => place.heard);
  const furthest = Math.max(0, ...heard.map(place => place.lagEntries || 0));
  say(at('tile-head'), head ? nameOf(head) : 'none yet');
  say(at('tile-epoch'), head ? 'epoch ' + number(s.epoch) : 'a chain begins with the first write');
  say(at('tile-sequence'), number(s.headSequence));
  say(at('tile-lag'), furthest ? 'furthest behind: ' + number(furthest) : 'nobody is behind');
  say(at('tile-rate'), ((head && head.heard ? head : places.find(place => place.self)).writesPerSecond || 0).toLocaleString('en'));
  say(at('tile-nodes'), heard.length + ' of ' + places.length);
  say(at('tile-reads'), 'heard of, ' + heard.filter(place => place.ready && place.ready.read.ok).length + ' take reads');
  for (const [id, total] of [['tile-parked', sum(places, 'parked')], ['tile-divergences', sum(places, 'divergences')]]) {
    say(at(id), number(total));
    at(id).className = total ? 'bad' : '';
  }
};

// One sentence for who looks for a second only. No number in it runs, since each change is read out.
const judge = (s, places) => {
  const wrong = [], names = list => list.map(nameOf).join(', ');
  const silent = places.filter(place => !place.heard), noReads = places.filter(place => place.heard && place.ready && !place.ready.read.ok);
  const head = places.find(place => place.role === 'head');
  if (silent.length) wrong.push(names(silent) + (silent.length === 1 ? ' is' : ' are') + ' not heard of.');
  if (head && head.heard && head.ready && !head.ready.write.ok) wrong.push('The head takes no writes.');
  if (noReads.length) wrong.push('No reads: ' + names(noReads) + '.');
  if (sum(places, 'parked')) wrong.push('Writes are parked.');
  if (sum(places, 'divergences')) wrong.push('Applications disagree.');
  if (s.orphans) wrong.push('This node holds records that nobody else has.');
  if (wrong.length) return [false, wrong.join(' ')];
  if (!head) return [true, 'There is no chain yet: it begins with the first write.'];
  return [true, places.length === 1 ? 'The only node takes reads and writes.' : 'All ' + places.length + ' nodes are in step.'];
};

const drawFacts = s => {
  const readiness = r => [r.ok ? 'good' : s.role === 'replica' && r === s.ready.write ? 'plain' : 'bad', r.ok ? 'yes' : r.why || 'no'];
  const rows = [
    ['Takes writes', ...readiness(s.ready.write)],
    ['Takes reads', ...readiness(s.ready.read)],
    ['Takes stale reads', ...readiness(s.ready.stale)],
    ['Application', s.application.up ? 'good' : 'bad', s.local + (s.application.up ? ' answers' : ': ' + (s.application.why || 'down'))],
    ['Journal', '', 'records ' + number(s.firstSequence) + ' to ' + number(s.lastSequence) + ', ' + mib(s.journalBytes) + ', of which somebody needs ' + mib(s.heldBytes)],
    ['Redelivered', '', count(s.redelivered, 'write', 'writes')]];
  if (s.previous) rows.push(['Predecessor', s.previous.connected ? 'good' : 'bad', s.previous.address + (s.previous.connected ? '' : ', not connected')]);
  for (const next of s.successors) {
    rows.push(['Successor', next.connected ? 'good' : next.part === 'spare' ? '' : 'bad', next.address + ', ' + next.part + (next.connected || !next.why ? '' : ': ' + next.why)]);
  }
  if (s.orphans) rows.push(['Orphans', 'bad', 'records ' + number(s.orphans.from) + ' to ' + number(s.orphans.through) + '; the writes are in ' + s.orphans.file]);
  fill(at('facts'), rows, () => rows.flatMap(([name, kind, text]) => [make('dt', '', name), make('dd', kind, text)]));
};

const table = (id, columns, rows) => {
  at(id + '-section').hidden = rows.length === 0;
  const line = (tag, cells) => make('tr', '', ...cells.map(cell => {
    const box = make(tag, '', String(cell));
    if (tag === 'th') box.scope = 'col';
    return box;
  }));
  fill(at(id), rows, () => [make('thead', '', line('th', columns)), make('tbody', '', ...rows.map(row => line('td', row)))]);
};

const drawLists = s => {
  const when = time => new Date(time).toLocaleString('en-GB');
  at('problems-section').hidden = s.problems.length === 0;
  fill(at('problems'), s.problems, () => s.problems.map(p => make('li', '',
    make('strong', '', p.verdict + ', ' + p.peer), ': ' + p.text, make('span', 'quiet', ' Since ' + when(p.since) + ', ' + count(p.times, 'time', 'times') + '.'))));
  table('parked', ['Sequence', 'Request', 'Bytes', 'Answered here', 'At the head', 'Since'],
    s.parkedWrites.map(p => [p.sequence, p.method + ' ' + p.path, number(p.bytes), p.status, p.headStatus, when(p.since)]));
  table('divergences', ['Sequence', 'Request', 'Answered here', 'At the head', 'Seen'],
    s.recentDivergences.map(d => [d.sequence, d.method + ' ' + d.path, d.status || 'dropped', d.headStatus, when(d.seen)]));
};

// What became of each node since the page was opened, the newest first.
let known = null;
const note = text => {
  const time = make('time', '', clock(new Date())), list = at('changes');
  list.prepend(make('li', '', time, text));
  while (list.children.length > 20) list.lastElementChild.remove();
};
const noteChanges = places => {
  const now = new Map(places.map(place => [place.node || place.address, {
    name: nameOf(place), heard: place.heard, role: place.role, link: place.link ? place.link.state : '', reads: !place.heard || !place.ready ? null : place.ready.read.ok }]));
  if (!known) note('opened, ' + count(places.length, 'node', 'nodes'));
  else {
    for (const [key, is] of now) {
      const was = known.get(key);
      if (!was) note(is.name + ' is new');
      else if (was.heard !== is.heard) note(is.name + (is.heard ? ' is heard of again' : ' is not heard of'));
      else if (was.role !== is.role && is.role === 'head') note(is.name + ' is the head');
      else if (was.link !== is.link) note(is.name + ': ' + ({ connected: 'connected', bypassed: 'bypassed', catchup: 'being brought up to date', down: 'link down' }[is.link] || 'link unknown'));
      else if (was.reads !== null && is.reads !== null && was.reads !== is.reads) note(is.name + (is.reads ? ' takes reads' : ' takes no reads'));
    }
    for (const [key, was] of known) if (!now.has(key)) note(was.name + ' is gone');
  }
  known = now;
};

const show = s => {
  const self = s.places.find(place => place.self);
  document.title = nameOf(self) + ' ' + (self.role || '') + ' – TeeChain';
  say(at('name'), nameOf(self));
  say(at('summary'), [self.role, s.chain ? 'chain ' + short(s.chain) : 'no chain yet', 'version ' + s.version, 'up ' + seconds(s.uptimeSeconds)].filter(Boolean).join(' · '));
  const [fine, text] = judge(s, s.places);
  say(at('verdict'), text);
  at('verdict').className = 'verdict ' + (fine ? 'good' : 'bad');
  drawTiles(s, s.places);
  drawChain(s.places);
  drawFacts(s);
  drawLists(s);
  noteChanges(s.places);
  at('main').hidden = false;
};

let seen = null, isLost = false, isPaused = false, delay = every, timer = 0, isAsking = false;

const drawPulse = why => {
  const pulse = at('pulse'), begun = seen || opened;
  pulse.className = 'pulse ' + (isPaused ? 'waiting' : isLost ? 'lost' : 'live');
  document.body.classList.toggle('outdated', isLost);
  at('again').hidden = !isLost || isPaused;
  if (isPaused) say(at('freshness'), 'Paused at ' + clock(begun));
  else if (isLost) say(at('freshness'), 'No answer since ' + clock(begun) + ' (' + seconds((Date.now() - begun) / 1000) + ')');
  else say(at('freshness'), 'Live, ' + clock(begun));
  if (why) {
    say(at('verdict'), 'This node does not answer: ' + why + '. What stands here is old.');
    at('verdict').className = 'verdict bad';
  }
};
const opened = new Date();

const ask = async () => {
  clearTimeout(timer);
  if (isAsking || isPaused) return;
  isAsking = true;
  let why = '';
  try {
    const answer = await fetch('status', { signal: AbortSignal.timeout(patience), cache: 'no-store', credentials: 'same-origin' });
    if (!answer.ok) throw new Error('it says ' + answer.status);
    const status = await answer.json();
    if (!isPaused) {
      show(status);
      seen = new Date();
      isLost = false;
    }
    delay = every;
  } catch (error) {
    why = error.name === 'TimeoutError' ? 'nothing came within ' + seconds(patience / 1000) : error.message;
    isLost = true;
    delay = Math.min(delay * 2, longest);
  }
  isAsking = false;
  drawPulse(isPaused ? '' : why);
  if (!document.hidden && !isPaused) timer = setTimeout(ask, delay);
};

// The age of the last answer runs on while none comes.
setInterval(() => { if (isLost) drawPulse(''); }, 1000);
document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
at('again').addEventListener('click', ask);
at('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  at('pause').setAttribute('aria-pressed', String(isPaused));
  drawPulse('');
  if (!isPaused) ask();
});
ask();
