// Choosing among many: the list narrows while one types. Without scripts the button Find asks the server for the same.
import './forms.js';

const MARKS = /\p{M}/gu;
const fold = (text) => text.normalize('NFKD').replace(MARKS, '').toLowerCase();

function rows(pick) { return [...pick.querySelectorAll('.t-choice')]; }

function narrow(field) {
  const pick = field.closest('[data-pick]');
  const words = fold(field.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const row of rows(pick)) {
    row.folded ??= fold(row.textContent);
    row.hidden = !words.every((word) => row.folded.includes(word));
    if (!row.hidden) found += 1;
  }
  pick.querySelector('.t-pick-none').hidden = found > 0;
}

function tell(pick) {
  const chosen = rows(pick).filter((row) => row.querySelector(':checked'));
  const count = pick.querySelector('[data-picked]');
  if (count) count.textContent = chosen.length;
  const one = pick.closest('[data-pick-one]')?.querySelector('[data-picked-one] bdi');
  if (one && chosen.length) one.textContent = chosen[0].querySelector('bdi').textContent;
}

function shut(details, back) {
  details.open = false;
  if (back) details.querySelector('summary').focus();
}

function step(pick, from, by) {
  const seen = rows(pick).filter((row) => !row.hidden).map((row) => row.querySelector('input'));
  const at = seen.indexOf(from) + by;
  if (at < 0) pick.querySelector('[data-find]').focus();
  else seen[Math.min(at, seen.length - 1)]?.focus();
}

document.addEventListener('input', (event) => { if (event.target.matches?.('[data-find]')) narrow(event.target); });

document.addEventListener('change', (event) => {
  // What is typed to search is no change of the form.
  if (event.target.matches?.('[data-find]')) { event.stopPropagation(); return; }
  const pick = event.target.closest?.('[data-pick]');
  if (pick) tell(pick);
}, true);

document.addEventListener('keydown', (event) => {
  const pick = event.target.closest?.('[data-pick]');
  if (!pick) return;
  const one = pick.closest('[data-pick-one]');
  const searching = event.target.matches('[data-find]');
  if (event.key === 'Enter') {
    event.preventDefault();
    const first = searching ? rows(pick).find((row) => !row.hidden)?.querySelector('input') : event.target;
    if (!first) return;
    if (one) { if (!first.checked) first.click(); shut(one, true); } else if (searching) first.focus(); else first.click();
  } else if (event.key === 'Escape' && one) { event.preventDefault(); event.stopPropagation(); shut(one, true); }
  else if (event.key === 'ArrowDown' && (searching || !one)) { event.preventDefault(); step(pick, event.target, 1); }
  else if (event.key === 'ArrowUp' && !searching && !one) { event.preventDefault(); step(pick, event.target, -1); }
}, true);

document.addEventListener('click', (event) => {
  document.querySelectorAll('[data-pick-one][open]').forEach((each) => { if (!each.contains(event.target)) shut(each); });
  const row = event.detail && event.target.closest?.('[data-pick-one] .t-choice');
  if (row) shut(row.closest('[data-pick-one]'), true);
});

document.addEventListener('toggle', (event) => {
  if (!event.target.matches?.('[data-pick-one][open]')) return;
  const field = event.target.querySelector('[data-find]');
  field.value = '';
  narrow(field);
  field.focus();
}, true);

function begin() {
  document.querySelectorAll('button[name=_find]').forEach((button) => button.remove());
  document.querySelectorAll('[data-pick]').forEach(tell);
}
begin();
document.addEventListener('sheet:new', begin);
