// Copies the text of the element that [data-copy] names by id, or its own value, and says that it did.
import { say } from './said.js';

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector('span');
  const before = label?.textContent;
  try {
    await navigator.clipboard.writeText((source?.value ?? source?.textContent ?? button.dataset.copyText ?? '').trim());
    if (label) label.textContent = 'Copied';
    say('Copied.');
  } catch {
    // No clipboard on insecure origins: select it, so that the person's own Ctrl C works.
    if (source) getSelection().selectAllChildren(source);
    if (label) label.textContent = 'Press Ctrl C';
  }
  setTimeout(() => { if (label) label.textContent = before; }, 2000);
});
