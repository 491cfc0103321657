// Ctrl or Cmd K opens the palette; rows come from the server as it is typed. Arrows choose, Enter opens.
import { openDialog } from './dialogs.js';

const WAIT_MS = 80;
const dialog = document.getElementById('palette');
const field = dialog?.querySelector('input[name=q]');
const list = dialog?.querySelector('[role=listbox]');
let timer = 0;
let asked = 0;

function options() { return [...list.querySelectorAll('a[role=option]')]; }

function choose(row) {
  options().forEach((option) => option.setAttribute('aria-selected', String(option === row)));
  if (row) { field.setAttribute('aria-activedescendant', row.id); row.scrollIntoView({ block: 'nearest' }); }
  else field.removeAttribute('aria-activedescendant');
}

async function load() {
  const mine = ++asked;
  try {
    const answer = await fetch(`${dialog.dataset.palette}?q=${encodeURIComponent(field.value)}`, { headers: { 'X-Palette': '1' } });
    if (mine !== asked) return;
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    list.innerHTML = await answer.text();
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
  dialog.querySelector('form').addEventListener('submit', (event) => {
    const row = options().find((option) => option.getAttribute('aria-selected') === 'true');
    if (row) { event.preventDefault(); row.click(); }
  });
}
