// The live stream of a page: an EventSource on what <body data-live> names, comma separated: streams (incident:…),
// or kinds (incident) for hints that something of the kind changed. New entries wait behind an
// 'n new' mark; nothing scrolls and no focus moves. When the line is lost the state says since when.
import { say } from './said.js';

const RETRY_MS = [1000, 2000, 5000, 10000, 15000];
const watched = (document.body.dataset.live || '').split(',').map((name) => name.trim()).filter(Boolean);
let cursor = '';
let source = null;
let failures = 0;
let last = new Date();
let waiting = 0;

function time(date) {
  return date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
}

function show(live) {
  for (const state of document.querySelectorAll('[data-live-state]')) {
    const use = state.querySelector('use');
    state.classList.toggle('t-st-ok', live);
    state.classList.toggle('t-st-warn', !live);
    if (use) use.setAttribute('href', live ? use.dataset.on : use.dataset.off);
    const words = live ? 'Live' : `Reconnecting, last ${time(last)}`;
    const span = state.querySelector('span');
    if (span && span.textContent !== words) span.textContent = words;
  }
}

function mark() {
  for (const button of document.querySelectorAll('[data-live-new]')) {
    button.hidden = waiting === 0;
    button.querySelector('span').textContent = `${waiting} new`;
  }
}

function entry(message) {
  last = new Date();
  cursor = message.lastEventId || cursor;
  waiting += 1;
  mark();
  let said = '';
  try { const { actor, sentence } = JSON.parse(message.data); said = `${actor} ${sentence}`; } catch { said = ''; }
  say(said || `${waiting} new`);
  document.body.dispatchEvent(new CustomEvent('live:entry', { detail: message.data }));
}

function changed(message) {
  last = new Date();
  document.body.dispatchEvent(new CustomEvent('live:changed', { detail: message.data }));
}

// Who else looks at the same thing, of the first stream only: the others belong to it.
function presence(message) {
  const { stream, people, more } = JSON.parse(message.data);
  if (stream !== watched[0]) return;
  for (const place of document.querySelectorAll('[data-live-here]')) {
    const names = people.map((each) => each.name);
    const faces = names.slice(0, 6).map((name) => {
      const face = document.createElement('span');
      face.className = 't-av';
      face.setAttribute('aria-hidden', 'true');
      face.title = name;
      face.textContent = name.split(/\s+/).filter(Boolean).map((word) => [...word][0]).filter((_, n, all) => n === 0 || n === all.length - 1).join('').toUpperCase();
      return face;
    });
    const count = document.createElement('span');
    count.className = 't-meta';
    count.textContent = `${names.length + more} here`;
    place.setAttribute('role', 'group');
    place.setAttribute('aria-label', `Here now: ${names.join(', ')}`);
    place.replaceChildren(...faces, count);
  }
}

function lost() {
  show(false);
  source.close();
  const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
  failures += 1;
  setTimeout(open, wait);
}

function open() {
  const query = new URLSearchParams(watched.map((name) => [name.includes(':') ? 'stream' : 'kind', name]));
  if (cursor) query.set('after', cursor);
  source = new EventSource(`/live?${query}`);
  source.addEventListener('hello', (message) => { last = new Date(); cursor = message.lastEventId || cursor; });
  source.addEventListener('open', () => {
    // What was missed while the line was down is fetched, not guessed.
    if (failures) document.body.dispatchEvent(new CustomEvent('live:changed', { detail: '' }));
    failures = 0;
    show(true);
  });
  source.addEventListener('entry', entry);
  source.addEventListener('changed', changed);
  source.addEventListener('presence', presence);
  source.addEventListener('error', lost);
}

async function reveal(button) {
  const list = document.getElementById(button.dataset.liveNew);
  if (!list || !list.dataset.liveUrl) { location.reload(); return; }
  const answer = await fetch(list.dataset.liveUrl, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok) { say('The new entries could not be loaded; try again.'); return; }
  list.innerHTML = await answer.text();
  window.htmx?.process(list);
  waiting = 0;
  mark();
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-live-new]');
  if (button) reveal(button);
});

if (watched.length) {
  open();
  addEventListener('pagehide', () => source?.close());
} else {
  document.querySelectorAll('[data-live-state]').forEach((state) => { state.hidden = !state.hasAttribute('data-always'); });
}
