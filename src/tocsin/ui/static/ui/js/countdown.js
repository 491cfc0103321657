// Keeps every [data-countdown] moving in place: calm, at risk from 80 % of its time, missed. Speaks only at the
// three moments that matter: at risk, one minute left, missed. Never reloads and never decides a deadline.
import { say } from './said.js';

const AT_RISK = 0.8;
const NBSP = '\u00a0';
const spoken = new WeakMap();

function two(n) { return String(n).padStart(2, '0'); }

export function words(seconds) {
  const s = Math.floor(Math.abs(seconds));
  const units = [[Math.floor(s / 86400), 'days'], [Math.floor(s / 3600) % 24, 'h'], [Math.floor(s / 60) % 60, 'min'], [s % 60, 's']];
  while (units.length > 1 && !units[0][0]) units.shift();
  const shown = units.slice(0, 2).filter(([n]) => n).map(([n, u]) => `${n}${NBSP}${n === 1 && u === 'days' ? 'day' : u}`);
  return shown.join(' ') || `0${NBSP}s`;
}

export function number(seconds) {
  if (seconds >= 3600) return words(seconds);
  const s = Math.max(0, Math.floor(seconds));
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

function announce(box, moment, sentence) {
  if (spoken.get(box) === moment) return;
  const first = !spoken.has(box);
  spoken.set(box, moment);
  if (!first) say(sentence);
}

function draw(box, now) {
  const due = Date.parse(box.dataset.due);
  const start = Date.parse(box.dataset.start || '');
  const left = (due - now) / 1000;
  const gone = Number.isNaN(start) ? 0 : Math.min(1, Math.max(0, (now - start) / (due - start)));
  const missed = left < 0;
  const risk = !missed && gone >= AT_RISK;
  const text = missed ? `missed by ${words(left > -60 ? left : Math.ceil(left / 60) * 60)}` : number(left);
  const digits = box.querySelector('b');
  if (digits.textContent !== text) digits.textContent = text;
  box.classList.toggle('t-cd-miss', missed);
  box.classList.toggle('t-cd-risk', risk);
  const word = box.querySelector('.t-cd-word');
  if (word) word.textContent = risk ? 'At risk' : '';
  const meter = box.querySelector('progress');
  if (meter) meter.value = missed ? 100 : Math.round(gone * 100);
  const name = box.dataset.label || 'Deadline';
  if (missed) announce(box, 'missed', `${name} missed.`);
  else if (left <= 60) announce(box, 'minute', `${name}: one minute left.`);
  else if (risk) announce(box, 'risk', `${name} at risk, ${words(left)} left.`);
  else announce(box, 'calm', '');
}

function clock(now) {
  for (const box of document.querySelectorAll('[data-clock]')) {
    const wall = new Date(now + Number(box.dataset.clock) * 60000);
    const text = `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}`;
    const digits = box.querySelector('b');
    if (digits.textContent !== text) digits.textContent = text;
  }
}

function tick() {
  const now = Date.now();
  document.querySelectorAll('[data-countdown]').forEach((box) => draw(box, now));
  clock(now);
}

tick();
setInterval(tick, 1000);
document.addEventListener('htmx:afterSwap', tick);
