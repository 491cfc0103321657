// '@' in a box whose form names where to ask: a list of whom it may mean. Arrows choose, Enter or Tab takes, Escape
// leaves. Without scripts the same text is typed by hand and means the same.
const WORD = /(?:^|[^\w@/.])@([\p{L}\p{N}_.-]{0,40})$/u;
const WAIT_MS = 120;
let timer = 0;
let asked = 0;
let open = null;

function shut() {
  if (!open) return;
  open.list.remove();
  open.box.removeAttribute('aria-activedescendant');
  open = null;
}

function choose(number) {
  const rows = [...open.list.children];
  open.at = (number + rows.length) % rows.length;
  rows.forEach((row, n) => row.setAttribute('aria-selected', String(n === open.at)));
  rows[open.at].scrollIntoView({ block: 'nearest' });
  open.box.setAttribute('aria-activedescendant', rows[open.at].id);
}

function take(number) {
  const { box, found, from } = open;
  const end = box.selectionStart;
  box.setRangeText(`@${found[number].handle} `, from, end, 'end');
  shut();
  box.focus();
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

function show(box, found, from) {
  shut();
  if (!found.length) return;
  const list = document.createElement('ul');
  list.className = 't-offers';
  list.id = 'mentions';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Mention');
  found.forEach((each, number) => {
    const row = document.createElement('li');
    row.id = `mention-${number}`;
    row.setAttribute('role', 'option');
    const handle = document.createElement('b');
    handle.textContent = `@${each.handle}`;
    const words = document.createElement('bdi');
    words.textContent = each.words;
    row.append(handle, words);
    row.addEventListener('mousedown', (event) => { event.preventDefault(); take(number); });
    list.append(row);
  });
  box.after(list);
  open = { box, list, found, from, at: 0 };
  box.setAttribute('aria-controls', 'mentions');
  choose(0);
}

async function offer(box, address) {
  const typed = WORD.exec(box.value.slice(0, box.selectionStart));
  if (!typed) { shut(); return; }
  const mine = ++asked;
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(typed[1])}`);
    if (mine !== asked || !answer.ok || answer.redirected) return;
    show(box, await answer.json(), box.selectionStart - typed[1].length - 1);
  } catch { shut(); }
}

document.addEventListener('input', (event) => {
  const address = event.target.form?.dataset.mentions;
  if (!address || event.target.tagName !== 'TEXTAREA') return;
  clearTimeout(timer);
  timer = setTimeout(() => offer(event.target, address), WAIT_MS);
});

document.addEventListener('keydown', (event) => {
  if (!open || event.target !== open.box || event.isComposing) return;
  if (event.key === 'ArrowDown') choose(open.at + 1);
  else if (event.key === 'ArrowUp') choose(open.at - 1);
  else if (event.key === 'Enter' || event.key === 'Tab') take(open.at);
  else if (event.key === 'Escape') shut();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener('focusout', (event) => { if (open && event.target === open.box) shut(); });
