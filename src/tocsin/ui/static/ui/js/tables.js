// Tables: choose all, count of chosen, the folded filter, J and K through the rows.
function boxes(form, name) { return [...form.querySelectorAll(`input[type=checkbox][name="${name}"]`)]; }

function count(form, name) {
  const all = boxes(form, name);
  const chosen = all.filter((box) => box.checked);
  form.querySelectorAll(`[data-count="${name}"]`).forEach((place) => { place.textContent = String(chosen.length); });
  all.forEach((box) => box.closest('tr')?.setAttribute('aria-selected', String(box.checked)));
  const master = form.querySelector(`[data-all="${name}"]`);
  if (master) { master.checked = chosen.length === all.length && all.length > 0; master.indeterminate = chosen.length > 0 && !master.checked; }
}

document.addEventListener('change', (event) => {
  const form = event.target.closest?.('form');
  if (!form) return;
  const name = event.target.dataset?.all;
  if (name) boxes(form, name).forEach((box) => { box.checked = event.target.checked; });
  if (name || form.querySelector(`[data-all="${event.target.name}"]`)) count(form, name || event.target.name);
});

function fold() { document.querySelectorAll('[data-folded]').forEach((form) => { form.hidden = true; }); }
fold();
document.addEventListener('sheet:new', fold);

document.addEventListener('click', (event) => {
  const toggle = event.target.closest('[data-toggles]');
  const folded = toggle && document.getElementById(toggle.dataset.toggles);
  if (!folded) return;
  event.preventDefault();
  folded.hidden = !folded.hidden;
  if (!folded.hidden) folded.querySelector('input, select')?.focus();
});

document.addEventListener('keydown', (event) => {
  if (document.body.dataset.keys === 'off' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!['j', 'k'].includes(event.key) || event.target.matches?.('input:not([type=checkbox]), textarea, select')) return;
  const links = [...document.querySelectorAll('.t-table tbody tr')].map((row) => row.querySelector('a')).filter(Boolean);
  if (!links.length) return;
  const here = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
  links[Math.min(links.length - 1, Math.max(0, here + (event.key === 'j' ? 1 : -1)))].focus();
});
