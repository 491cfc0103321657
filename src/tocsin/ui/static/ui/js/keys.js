// Single-key shortcuts: a control with data-key="U" is pressed by U. They can be switched off (WCAG 2.1.4), and
// never fire while someone types, with a modifier, or under an open dialog.
import { remember, say } from './said.js';

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'));
}

document.addEventListener('keydown', (event) => {
  if (document.body.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key.length !== 1 || typing(event.target)) return;
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
