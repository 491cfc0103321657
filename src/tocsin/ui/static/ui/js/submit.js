// Sends the forms of the sheet without leaving the page first, so that a line that breaks costs nothing: whatever
// fails shouts and the form stays as it was typed. The server answers a done action with the next address; a page
// (a form with its errors, something shown once) takes the place of the sheet. Without scripts the same forms post.
import { busy, refuse } from './forms.js';

const ACCOUNT = '/accounts/';

// Attributes are read as such: a field named 'action' would hide the form's own property.
function target(form, submitter) {
  return new URL(submitter?.getAttribute('formaction') || form.getAttribute('action') || location.href, location.href);
}

function ours(form) {
  return form.getAttribute('method')?.toLowerCase() === 'post' && form.closest('#main, .t-dialog')
    && !form.matches('[hx-post], [data-plain], [target]')
    && !location.pathname.startsWith(ACCOUNT) && !target(form).pathname.startsWith(ACCOUNT);
}

function go(address) {
  const next = new URL(address, location.href);
  const same = next.pathname === location.pathname && next.search === location.search;
  if (!same) { location.assign(next); return; }
  if (next.hash !== location.hash) history.replaceState(null, '', next);
  location.reload();
}

function show(html, form, asked) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const sheet = page.getElementById('main');
  const here = document.getElementById('main');
  if (!sheet || !here) return false;
  form.closest('dialog')?.close();
  document.title = page.title;
  // A form without an address posts to the page it came with.
  sheet.querySelectorAll('form[method=post]:not([action]), form[method=post][action=""]').forEach((each) => each.setAttribute('action', asked));
  here.replaceWith(document.adoptNode(sheet));
  window.htmx?.process(sheet);
  document.dispatchEvent(new CustomEvent('sheet:new'));
  scrollTo(0, 0);
  (sheet.querySelector('.t-errors') || sheet.querySelector('[data-focus], h1'))?.focus();
  return true;
}

async function send(form, submitter) {
  const asked = target(form, submitter);
  let answer;
  try {
    answer = await fetch(asked, { method: 'POST', body: new FormData(form, submitter), headers: { 'X-Form': '1' }, redirect: 'manual' });
    const next = answer.headers.get('X-Location');
    if (next) { go(next); return; }
    const text = await answer.text();
    if (answer.headers.get('X-Refused')) refuse(text.trim());
    else if (answer.status >= 500 && answer.status !== 503) refuse(`Not done: the server answered ${answer.status}. What you typed is kept; try again.`);
    else if (!show(text, form, asked)) refuse(`Not done: the server answered ${answer.status || 'in a way this page does not understand'}. What you typed is kept.`);
  } catch {
    refuse('Not done: the server cannot be reached. What you typed is kept; try again when the line is back.');
  }
  delete form.dataset.sent;
  busy(form, false);
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || !ours(form)) return;
  event.preventDefault();
  document.getElementById('errors')?.replaceChildren();
  send(form, event.submitter);
});
