// Tabs that do not fit: the one you are on is brought into sight, an edge that hides more fades out.
function edges(tabs) {
  const before = Math.abs(tabs.scrollLeft) > 2;
  const after = tabs.scrollWidth - tabs.clientWidth - Math.abs(tabs.scrollLeft) > 2;
  tabs.dataset.hides = before && after ? 'both' : before ? 'before' : after ? 'after' : '';
}

function settle() {
  document.querySelectorAll('.t-tabs').forEach((tabs) => {
    const here = tabs.querySelector('[aria-current]');
    if (here && tabs.scrollWidth > tabs.clientWidth) {
      const [box, own] = [tabs.getBoundingClientRect(), here.getBoundingClientRect()];
      tabs.scrollLeft += own.left + own.width / 2 - box.left - box.width / 2;
    }
    edges(tabs);
  });
}

settle();
addEventListener('resize', settle);
document.addEventListener('sheet:new', settle);
document.addEventListener('scroll', (event) => { if (event.target.matches?.('.t-tabs')) edges(event.target); }, { capture: true, passive: true });
