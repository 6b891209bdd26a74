// Bars on one scale. Only what adds up stands in one bar: anything else gets a bar of its own, from the same zero.

import { svg } from './dom.js';

const WIDTH = 1000;

/** Parts are { share, class }, one after the other, from 0 to 1 in all. What they say stands beside it as text. */
export function bar(parts, className = '') {
  let from = 0;
  return svg('svg', { class: `bar ${className}`, viewBox: `0 0 ${WIDTH} 10`, preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { class: 'track', x: 0, y: 0, width: WIDTH, height: 10 }),
    parts.map(part => {
      const width = Math.max(0, Math.min(part.share, 1 - from)) * WIDTH;
      const drawn = svg('rect', { class: part.class, x: from * WIDTH, y: 0, width, height: 10 });
      from += width / WIDTH;
      return drawn;
    }));
}
