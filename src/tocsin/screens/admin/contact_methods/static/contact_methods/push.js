// 'Add this browser': asks for the permission, subscribes at the browser's push service, fills the form and sends it.
// Says in words what stands in the way. Without it the form says that a script is needed.
import { busy } from '../ui/js/forms.js';

function bytes(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function same(a, b) {
  return a && a.byteLength === b.byteLength && new Uint8Array(a).every((value, at) => value === b[at]);
}

function named() {
  const brand = navigator.userAgentData?.brands?.map((each) => each.brand).find((name) => !/not|chromium/i.test(name));
  const found = brand || navigator.userAgent.match(/(Firefox|Edg|Chrome|Safari)/)?.[1]?.replace('Edg', 'Edge') || 'Browser';
  const where = navigator.userAgentData?.platform || navigator.userAgent.match(/(Android|iPhone|iPad|Windows|Mac|Linux)/)?.[1] || '';
  return where ? `${found} on ${where}` : found;
}

async function subscription(form) {
  if (!window.isSecureContext) throw new Error(form.dataset.insecure);
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) throw new Error(form.dataset.cannot);
  if (await Notification.requestPermission() !== 'granted') throw new Error(form.dataset.denied);
  const registration = await navigator.serviceWorker.register('/push-worker.js');
  await navigator.serviceWorker.ready;
  const token = form.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(form.dataset.opening, { method: 'POST', headers: { 'X-CSRFToken': token } });
  if (!answer.ok) throw new Error(form.dataset.failed);
  const key = bytes(await answer.text());
  let found = await registration.pushManager.getSubscription();
  if (found && !same(found.options.applicationServerKey, key)) { await found.unsubscribe(); found = null; }
  return found || registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function say(form, text) {
  busy(form, false);
  const note = document.getElementById('push-note');
  note.textContent = text;
  note.hidden = false;
  form.querySelector('button[type=submit]')?.focus();
}

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('form[data-opening]');
  if (!form || form.elements.address.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const found = await subscription(form);
    const { keys } = found.toJSON();
    form.elements.address.value = found.endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    if (!form.elements.label.value) form.elements.label.value = named();
    // The form waits since the first press; the second one is ours and must not count as double.
    busy(form, false);
    form.requestSubmit();
  } catch (error) {
    say(form, error.name === 'Error' ? error.message : form.dataset.failed);
  }
}, { capture: true });
