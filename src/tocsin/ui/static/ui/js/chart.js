// Series over time: draws the numbers of a [data-plot] figure with uPlot over the server's picture, which stays for
// rulers, words and marks. Adds a cursor with a reading, by pointer and by the arrow keys.
// Without this script, or without uPlot, the server's picture is the chart.
import { say } from './said.js';

const LOOKS = { s1: '--series-1', s2: '--series-2', s3: '--series-3', was: '--edge' };
const plots = new Map();

function colour(name) {
  // light-dark() is resolved only where it is used, so a probe element is asked for the finished colour.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function written(value, unit) {
  if (value === null || value === undefined) return 'none';
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 1 ? 1 : 2;
  const text = value.toLocaleString('en', { maximumFractionDigits: digits });
  return unit ? `${text}\u00a0${unit}` : text;
}

function clock(zone, long) {
  const day = long ? { day: 'numeric', month: 'short' } : {};
  return new Intl.DateTimeFormat('en-GB', {
    ...day, hour: '2-digit', minute: '2-digit', second: long ? undefined : '2-digit', hour12: false, timeZone: zone,
  });
}

// A value without neighbours makes no line, so it is drawn as a point.
function points(values, name) {
  const there = (i) => values[i] !== null && values[i] !== undefined;
  const alone = values.map((_, i) => i).filter((i) => there(i) && !there(i - 1) && !there(i + 1));
  return { show: false, filter: () => (alone.length ? alone : null), size: 8, width: 0, fill: () => colour(name) };
}

// A line that is not well is drawn as a second series over the first, in the colour of Critical.
function columns(said) {
  const data = [said.t];
  const series = [{}];
  for (const line of said.lines) {
    data.push(line.v);
    series.push({ label: line.label, stroke: () => colour(LOOKS[line.look] || LOOKS.s1), width: 2,
      dash: line.look === 'was' ? [3, 4] : undefined, points: points(line.v, LOOKS[line.look] || LOOKS.s1) });
    if (line.hot.length) {
      const near = new Set(line.hot.flatMap((i) => [i - 1, i, i + 1]));
      data.push(line.v.map((v, i) => (near.has(i) ? v : null)));
      series.push({ label: '', stroke: () => colour('--critical'), width: 2.25, points: { show: false } });
    }
  }
  return { data, series };
}

function draw(figure) {
  const box = figure.querySelector('.t-plot');
  if (plots.has(figure) || !box || !globalThis.uPlot || !box.clientWidth) return;
  const said = JSON.parse(figure.dataset.plot);
  if (said.t.length < 2) return;
  const format = clock(said.zone, said.to - said.from > 26 * 3600);
  const reading = document.createElement('output');
  reading.className = 't-read';
  reading.setAttribute('aria-hidden', 'true');
  const { data, series } = columns(said);
  const shown = said.lines;
  const sentence = (i) => {
    if (i === null || i === undefined) return '';
    const values = shown.map((line) => {
      const value = written(line.v[i], said.unit) + (line.hot.includes(i) ? ', not well' : '');
      return shown.length > 1 ? `${line.label} ${value}` : value;
    });
    return `${format.format(new Date(said.t[i] * 1000))}  ${values.join('  ')}`;
  };
  const chart = new globalThis.uPlot({
    width: box.clientWidth, height: box.clientHeight, padding: [0, 0, 0, 0], legend: { show: false },
    series, axes: [{ show: false }, { show: false }],
    scales: { x: { time: true, range: [said.from, said.to] }, y: { range: [0, said.top] } },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
    hooks: { setCursor: [(u) => { reading.textContent = sentence(u.cursor.idx); }] },
  }, data, box);
  box.append(reading);
  box.classList.add('t-live-plot');
  box.tabIndex = 0;
  box.addEventListener('keydown', (event) => step(event, chart, said, sentence));
  plots.set(figure, chart);
  sizes.observe(box);
}

function step(event, chart, said, sentence) {
  const last = said.t.length - 1;
  const now = chart.cursor.idx ?? last;
  const steps = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last,
    PageUp: now - Math.ceil(last / 10), PageDown: now + Math.ceil(last / 10) };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const index = Math.min(last, Math.max(0, steps[event.key]));
  chart.setCursor({ left: chart.valToPos(said.t[index], 'x'), top: 0 });
  say(sentence(index));
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const chart = plots.get(target.closest('[data-plot]'));
    if (chart && target.clientWidth) chart.setSize({ width: target.clientWidth, height: target.clientHeight });
  }
});

function all() {
  for (const [figure, chart] of plots) {
    if (!figure.isConnected) { chart.destroy(); plots.delete(figure); }
  }
  for (const figure of document.querySelectorAll('[data-plot]')) draw(figure);
}

function recoloured() { for (const chart of plots.values()) chart.redraw(); }

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recoloured);
new MutationObserver(recoloured).observe(document.documentElement, { attributeFilter: ['data-theme'] });
document.body.addEventListener('htmx:afterSettle', all);
if (document.readyState === 'complete') all();
else addEventListener('load', all);
