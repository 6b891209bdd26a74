// A small plot over time. Where a value is not known there is a gap: no line is drawn from what was before to what came
// after.

import { h, svg } from './dom.js';
import { span } from './format.js';

const [WIDTH, HEIGHT] = [1000, 100];
const LEAST_SPAN_MS = 10 * 60_000;

/**
 * Series are { name, class, points: [[time, number or null]], latest }, where latest is what the last poll found, at that
 * time. The axis begins at zero where that is asked for, else at the least value.
 */
export function plot({ title, series, now, at: last, step, format, zero = false, stairs = false }) {
  const lines = series.map(one => ({ ...one, points: [...one.points.map(([at, value]) => [Date.parse(at), value]), [last, one.latest]] }));
  const values = lines.flatMap(one => one.points.map(([, value]) => value)).filter(value => value !== null);
  const caption = h('figcaption', {}, h('span', {}, title), lines.map(one => latest(one, format, lines.length > 1)));
  if (values.length === 0) return h('figure', { class: 'plot', 'data-key': title }, caption, h('p', { class: 'none' }, 'Not known lately.'));
  const from = Math.min(now - LEAST_SPAN_MS, lines[0].points[0][0]);
  const least = zero ? 0 : Math.min(...values);
  const most = Math.max(...values);
  const place = (at, value) => [
    (((at - from) / (now - from)) * WIDTH).toFixed(1),
    // What never changed is drawn in the middle, what was always 0 at the bottom.
    (most === least ? (zero ? HEIGHT : HEIGHT / 2) : HEIGHT - ((value - least) / (most - least)) * HEIGHT).toFixed(1),
  ];
  const long = span(now - from);
  return h('figure', { class: 'plot', 'data-key': title }, caption,
    h('div', { class: 'frame' },
      h('div', { class: most > least ? 'values' : zero ? 'values low' : 'values flat', 'aria-hidden': 'true' }, h('span', {}, format(most)), most !== least && h('span', {}, format(least))),
      svg('svg', {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title} over the last ${long}: ${spoken(lines, format)}`,
      }, lines.map(one => drawn(one, place, step, stairs))),
      h('div', { class: 'times', 'aria-hidden': 'true' }, h('span', {}, `${long} ago`), h('span', {}, 'now'))));
}

const latest = ({ name, class: of, latest: value }, format, named) => h('span', { class: `latest ${of}`, 'data-key': name },
  named && `${name} `, h('b', {}, value === null ? 'not known' : format(value)));

function spoken(lines, format) {
  return lines.map(({ name, points, latest: value }) => {
    const seen = points.map(point => point[1]).filter(value => value !== null);
    if (seen.length === 0) return `${name} not known`;
    return `${name} between ${format(Math.min(...seen))} and ${format(Math.max(...seen))}, now ${value === null ? 'not known' : format(value)}`;
  }).join('; ');
}

/** Lines between neighbours; a dot where each begins, so that one without a neighbour shows too. */
function drawn({ class: of, points }, place, step, stairs) {
  let [lines, dots, before] = ['', '', null];
  for (const [at, value] of points) {
    if (value === null) {
      before = null;
      continue;
    }
    const [x, y] = place(at, value);
    const joined = before !== null && at - before <= step * 2500;
    if (joined) lines += stairs ? `H${x}V${y}` : `L${x} ${y}`;
    else [lines, dots] = [`${lines}M${x} ${y}`, `${dots}M${x} ${y}h0`];
    before = at;
  }
  return [svg('path', { class: `line ${of}`, d: lines }), svg('path', { class: `line dots ${of}`, d: dots })];
}
