// Light, dark, or as the device: kept in a cookie, so that the server draws the next page right at once.
import { remember, say } from './said.js';

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-theme-set]');
  if (!button) return;
  const theme = button.dataset.themeSet;
  if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme;
  remember('theme', theme);
  say(theme ? `${theme} theme.` : 'Theme as the device.');
});
