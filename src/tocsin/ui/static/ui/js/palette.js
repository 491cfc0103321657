// Ctrl or Cmd K opens the palette; rows come from the server as it is typed. Arrows choose, Enter opens.
import { openDialog } from './dialogs.js';

const WAIT_MS = 80;
const dialog = document.getElementById('palette');
const field = dialog?.querySelector('input[name=q]');
const list = dialog?.querySelector('[role=listbox]');
let timer = 0;
let asked = 0;
let shown = null;

function options() { return [...list.querySelectorAll('a[role=option]')]; }

// Everything that this page can do is here too: its buttons, its menus, its tabs, under the words that they carry.
function here() {
  const seen = new Map();
  for (const item of document.querySelectorAll('main :is(.btn, .t-tabs a, .t-rail a), .t-menu:not(#me) :is(a, button)')) {
    const words = (item.getAttribute('aria-label') || [...item.childNodes].filter((n) => !n.matches?.('kbd, svg, .t-meta')).map((n) => n.textContent).join(' ')).trim().replace(/\s+/g, ' ');
    const off = item.disabled || item.getAttribute('aria-disabled') === 'true' || item.closest('[hidden], dialog') || !(item.getClientRects().length || item.closest('[popover]'));
    if (words && !off && !seen.has(words)) seen.set(words, item);
  }
  return seen;
}

function addHere() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...here()].filter(([name]) => words.every((word) => name.toLowerCase().includes(word))).slice(0, words.length ? 12 : 6);
  if (!found.length) return;
  const group = document.createElement('div');
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'On this page');
  group.append(Object.assign(document.createElement('div'), { className: 't-group', textContent: 'On this page', ariaHidden: 'true' }));
  found.forEach(([name, item], number) => {
    const row = Object.assign(document.createElement('a'), { id: `here-${number}`, href: '#', tabIndex: -1 });
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', 'false');
    row.append(item.querySelector('svg')?.cloneNode(true) ?? document.createElement('span'), Object.assign(document.createElement('span'), { className: 't-cut', textContent: name }));
    row.addEventListener('click', (event) => { event.preventDefault(); dialog.close(); item.click(); });
    group.append(row);
  });
  if (!list.querySelector('a[role=option]')) list.replaceChildren();
  // Without a word typed nothing of the page stands first: Enter alone must never act.
  if (words.length) list.prepend(group); else list.append(group);
}

function choose(row) {
  options().forEach((option) => option.setAttribute('aria-selected', String(option === row)));
  if (row) { field.setAttribute('aria-activedescendant', row.id); row.scrollIntoView({ block: 'nearest' }); }
  else field.removeAttribute('aria-activedescendant');
}

async function load() {
  const mine = ++asked;
  const words = field.value;
  try {
    const answer = await fetch(`${dialog.dataset.palette}?q=${encodeURIComponent(field.value)}`, { headers: { 'X-Palette': '1' } });
    if (mine !== asked) return;
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    list.innerHTML = await answer.text();
    addHere();
    shown = words;
    choose(options()[0]);
  } catch {
    if (mine === asked) list.textContent = 'The server did not answer. Press Enter to try as a page.';
  }
}

function move(step) {
  const rows = options();
  const now = rows.findIndex((row) => row.getAttribute('aria-selected') === 'true');
  choose(rows[(now + step + rows.length) % rows.length]);
}

if (dialog) {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (dialog.open) dialog.close(); else openDialog('palette');
    }
  });
  new MutationObserver(() => { if (dialog.open) { field.select(); load(); } }).observe(dialog, { attributeFilter: ['open'] });
  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(load, WAIT_MS); });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); move(event.key === 'ArrowDown' ? 1 : -1); }
  });
  dialog.querySelector('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    // Rows of what was typed before are not what is meant now.
    if (shown !== field.value) { clearTimeout(timer); await load(); }
    const row = options().find((option) => option.getAttribute('aria-selected') === 'true');
    if (row) row.click(); else event.target.submit();
  });
}
