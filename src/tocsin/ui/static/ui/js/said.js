// One polite voice for screen readers. Says a sentence once; never moves focus.
export function say(sentence) {
  const place = document.getElementById('said');
  if (!place || !sentence) return;
  place.textContent = '';
  requestAnimationFrame(() => { place.textContent = sentence; });
}

// Name of a cookie of ours and its value, for a year, on the whole site.
export function remember(name, value) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  const age = value === '' ? 0 : 31536000;
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}
