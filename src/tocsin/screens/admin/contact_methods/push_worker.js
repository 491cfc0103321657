// Shows what Tocsin pushes to this browser, also when no page is open, and answers when its button is pressed.
// Keeps nothing; knows only what each message carries.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

function read(event) {
  try { return event.data.json(); } catch { return { title: 'Tocsin', body: '', url: '/' }; }
}

function show(said) {
  return self.registration.showNotification(said.title || 'Tocsin', {
    body: said.body || '',
    tag: said.tag || undefined,
    // What is over takes its page's place without a sound.
    renotify: Boolean(said.tag) && !said.silent,
    silent: Boolean(said.silent),
    requireInteraction: Boolean(said.urgent),
    data: said,
    actions: said.answer ? [{ action: 'take', title: said.button }] : [],
  });
}

async function take(said) {
  try {
    const answer = await fetch(said.answer, { method: 'POST' });
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    await show({ title: await answer.text(), tag: said.tag, url: said.url });
  } catch {
    await show({ ...said, title: said.failed, body: said.title });
  }
}

self.addEventListener('push', (event) => event.waitUntil(show(read(event))));
self.addEventListener('notificationclick', (event) => {
  const said = event.notification.data || {};
  event.notification.close();
  event.waitUntil(event.action === 'take' && said.answer ? take(said) : self.clients.openWindow(said.url || '/'));
});
