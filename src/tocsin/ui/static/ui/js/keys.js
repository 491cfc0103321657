// Single-key shortcuts: a control with data-key="U" is pressed by U. They can be switched off (WCAG 2.1.4), and
// never fire while someone types, with a modifier, or under an open dialog. `?` lists those of this page.
import { openDialog } from './dialogs.js';
import { remember, say } from './said.js';

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'));
}

document.addEventListener('keydown', (event) => {
  if (document.body.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key.length !== 1 || typing(event.target)) return;
  if (event.key === '?') { event.preventDefault(); openDialog('keyboard'); return; }
  const scope = document.querySelector('dialog[open]') || document;
  const wanted = event.key.toUpperCase();
  const control = [...scope.querySelectorAll('[data-key]')].find((item) => item.dataset.key.toUpperCase() === wanted && item.getClientRects().length);
  if (!control || control.getAttribute('aria-disabled') === 'true') return;
  event.preventDefault();
  control.click();
});

document.addEventListener('click', (event) => {
  const toggle = event.target.closest('[data-keys-toggle]');
  if (!toggle) return;
  const off = document.body.dataset.keys !== 'off';
  document.body.dataset.keys = off ? 'off' : 'on';
  remember('keys', off ? 'off' : '');
  toggle.setAttribute('aria-pressed', String(!off));
  toggle.querySelector('span').textContent = off ? 'off' : 'on';
  say(`Single-key shortcuts ${off ? 'off' : 'on'}.`);
});

// What a control is called, without its own key and without what only the eye reads.
function label(control) {
  if (control.getAttribute('aria-label')) return control.getAttribute('aria-label');
  const copy = control.cloneNode(true);
  copy.querySelectorAll('kbd, svg').forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, ' ');
}

function listHere(help) {
  const here = [...document.querySelectorAll('[data-key]')].filter((item) => item.getClientRects().length && !help.contains(item));
  const rows = new Map(here.map((item) => [item.dataset.key.toUpperCase(), label(item)]));
  const section = help.querySelector('[data-keys-here]');
  section.querySelector('dl').replaceChildren(...[...rows].flatMap(([key, name]) => {
    const term = document.createElement('dt');
    term.append(Object.assign(document.createElement('kbd'), { textContent: key }));
    return [term, Object.assign(document.createElement('dd'), { textContent: name })];
  }));
  section.hidden = rows.size === 0;
  help.querySelector('[data-keys-off]').hidden = document.body.dataset.keys !== 'off';
}

const help = document.getElementById('keyboard');
if (help) new MutationObserver(() => { if (help.open) listHere(help); }).observe(help, { attributeFilter: ['open'] });
