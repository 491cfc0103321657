// Opens <dialog id="x"> from [data-opens=x], which without JavaScript is a plain link to the same form as a page.
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return false;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('[autofocus], input:not([type=hidden]), textarea, select')?.focus();
  return true;
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (opener && openDialog(opener.dataset.opens)) { event.preventDefault(); return; }
  const closer = event.target.closest('[data-closes]');
  if (closer) { closer.closest('dialog')?.close(); return; }
  if (event.target instanceof HTMLDialogElement && event.target.matches('.t-palette')) event.target.close();
});

document.addEventListener('keydown', (event) => {
  if (event.key === ' ' && event.target.matches?.('a[role=button]')) { event.preventDefault(); event.target.click(); }
});

document.querySelectorAll('dialog[data-open-now]').forEach((dialog) => openDialog(dialog.id));
