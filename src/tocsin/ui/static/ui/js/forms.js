// Forms: no double sending, drafts of long forms, typed confirmations, refusals that shout and keep the input.
import { say } from './said.js';

const DRAFT = 'tocsin-draft:';
const SECRET = /password|secret|token|csrf|code|credential/i;

function fields(form) {
  return [...form.elements].filter((e) => e.name && e.dataset.find === undefined && !SECRET.test(e.name) && !['hidden', 'file', 'submit', 'button', 'password'].includes(e.type));
}

function draftKey(form) { return `${DRAFT}${form.dataset.draft}`; }

function saveDraft(form) {
  const kept = {};
  for (const f of fields(form)) {
    if (f.type === 'checkbox' || f.type === 'radio') (kept[f.name] ??= []).push(...(f.checked ? [f.value] : []));
    else kept[f.name] = f.value;
  }
  try { localStorage.setItem(draftKey(form), JSON.stringify(kept)); } catch { return; }
  const state = form.querySelector('[data-draft-state]');
  if (state) state.textContent = `Draft kept ${new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })}`;
}

function restoreDraft(form) {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(draftKey(form)) || 'null'); } catch { kept = null; }
  // After a refusal the server has drawn what was sent; that is newer than any draft.
  if (!kept || form.querySelector('.t-errors, [aria-invalid=true]')) return;
  for (const f of fields(form)) {
    if (!(f.name in kept)) continue;
    if (f.type === 'checkbox' || f.type === 'radio') f.checked = kept[f.name].includes(f.value);
    else if (!f.value) f.value = kept[f.name];
  }
  const state = form.querySelector('[data-draft-state]');
  if (state) state.textContent = 'Your draft was put back';
}

export function busy(form, on) {
  form.toggleAttribute('data-busy', on);
  form.setAttribute('aria-busy', String(on));
  form.querySelectorAll('button[type=submit], button:not([type])').forEach((b) => b.classList.toggle('busy', on));
}

function typedWrong(form) {
  return [...form.querySelectorAll('[data-typed]')].find((input) => input.value.trim() !== input.dataset.typed);
}

function checkTyped(form) {
  const wrong = form.querySelector('[data-typed]') ? Boolean(typedWrong(form)) : null;
  if (wrong === null) return;
  form.querySelectorAll('button[type=submit], button:not([type])').forEach((b) => b.setAttribute('aria-disabled', String(wrong)));
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.hasAttribute('data-busy')) { event.preventDefault(); return; }
  const wrong = typedWrong(form);
  if (wrong) { event.preventDefault(); wrong.focus(); say(`Type ${wrong.dataset.typed} to confirm.`); return; }
  if (form.method === 'post') { busy(form, true); if (form.dataset.draft) form.dataset.sent = '1'; }
}, true);

document.addEventListener('click', (event) => {
  const button = event.target.closest('[aria-disabled=true]');
  if (button && button.matches('button, a.btn')) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

// Back from the cache of the browser: the button must work again.
addEventListener('pageshow', () => document.querySelectorAll('form[data-busy]').forEach((form) => busy(form, false)));

document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form');
  if (!form) return;
  if (form.dataset.draft) { clearTimeout(form.draftTimer); form.draftTimer = setTimeout(() => saveDraft(form), 600); }
  if (event.target.dataset.typed) checkTyped(form);
});

export function refuse(sentence) {
  document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
  const place = document.getElementById('errors');
  if (!place) return;
  place.replaceChildren();
  const note = document.createElement('div');
  note.className = 't-note t-note-bad';
  note.setAttribute('role', 'alert');
  note.tabIndex = -1;
  note.textContent = sentence;
  place.append(note);
  note.focus();
}

document.addEventListener('htmx:beforeSwap', (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader('HX-Retarget') || xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
document.addEventListener('htmx:beforeRequest', () => document.getElementById('errors')?.replaceChildren());
document.addEventListener('htmx:afterRequest', (event) => { const form = event.target.closest?.('form'); if (form) busy(form, false); });
document.addEventListener('htmx:afterSwap', (event) => event.detail.target.querySelector?.('[data-focus]')?.focus());
document.addEventListener('htmx:responseError', (event) => refuse(`Not done: the server answered ${event.detail.xhr.status}. What you typed is kept; try again.`));
document.addEventListener('htmx:sendError', (event) => refuse('Not done: the server cannot be reached. What you typed is kept; try again when the line is back.'));

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-back]') && history.length > 1) { event.preventDefault(); history.back(); }
});

// A draft goes when the form was sent and the next page is another one without errors.
const sent = sessionStorage.getItem('tocsin-sent');
if (sent && !document.querySelector(`form[data-draft="${CSS.escape(sent)}"] .t-errors`)) localStorage.removeItem(`${DRAFT}${sent}`);
sessionStorage.removeItem('tocsin-sent');
addEventListener('pagehide', () => { const form = document.querySelector('form[data-sent]'); if (form) sessionStorage.setItem('tocsin-sent', form.dataset.draft); });

function begin() {
  document.querySelectorAll('form[data-draft]').forEach(restoreDraft);
  document.querySelectorAll('form').forEach(checkTyped);
  document.querySelector('.t-errors[data-focus]')?.focus();
}
begin();
document.addEventListener('sheet:new', begin);
