// What happened, the newest first.

import { h } from './dom.js';
import { clock } from './format.js';
import { mark } from './marks.js';
import { at } from './time.js';

export function timeline(events, now) {
  if (events.length === 0) return h('p', { class: 'none' }, 'Nothing has changed since the exporter was started.');
  return [
    h('p', { class: 'none', 'data-key': 'since' }, `Times are UTC. The oldest event kept is of ${clock(events.at(-1).at, now)}.`),
    h('ol', { class: 'timeline', tabindex: '0', 'aria-label': 'Events, newest first', 'data-key': 'events' }, events.map(event =>
      h('li', { 'data-key': event.id },
        at(event.at, now), mark(event.bad ? 'ticket' : 'event'), h('span', { class: 'kind' }, event.kind), h('span', { class: 'sentence' }, event.subject && h('b', {}, event.subject), event.subject && ' ', event.sentence)))),
  ];
}
