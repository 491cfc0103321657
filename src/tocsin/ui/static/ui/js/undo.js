// The undo bar counts down and goes; the server keeps its own limit, this is only what is shown.
function count(bar) {
  bar.dataset.counts = '1';
  let left = Number(bar.dataset.undo);
  const number = bar.querySelector('[data-left]');
  const timer = setInterval(() => {
    left -= 1;
    if (number) number.textContent = String(Math.max(0, left));
    if (left > 0 || bar.contains(document.activeElement)) return;
    clearInterval(timer);
    bar.remove();
  }, 1000);
}

function begin() { document.querySelectorAll('[data-undo]:not([data-counts])').forEach(count); }
begin();
document.addEventListener('sheet:new', begin);
