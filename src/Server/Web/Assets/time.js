// Points in time, by the exporter's clock.

import { h } from './dom.js';
import { clock, span } from './format.js';

/** "4 s ago", or "for 4 s" of a state; the exact time is in the element, and shows where a mouse rests. */
export function ago(at, now, of = 'ago') {
  const long = span(now - Date.parse(at));
  return h('time', { datetime: at, title: `${clock(at, now)} UTC` }, of === 'ago' ? `${long} ago` : `for ${long}`);
}

export const at = (time, now) => h('time', { datetime: time, title: `${span(now - Date.parse(time))} ago` }, clock(time, now));
