// Space as a gauge, and how it went.

import { bar } from './bar.js';
import { inUse } from './disks.js';
import { h, known } from './dom.js';
import { bytes, percent } from './format.js';
import { plot } from './plot.js';

const FIGURES = [['used', 'usedBytes', 'strong'], ['writable', 'writableBytes', 'data'], ['read-only', 'readonlyBytes', 'calm'], ['reserved', 'reservedBytes', 'calm']];

export function space({ nodeTypes, totalBytes, writableBytes, history }, now, at) {
  const types = nodeTypes.filter(type => type.totalBytes !== null && inUse(type));
  return [
    types.length === 0
      ? h('p', { class: 'none', 'data-key': 'gauge' }, 'Not known: no member answers as leader.')
      : types.map(type => gauge(type, types.length > 1)),
    plot({
      title: 'Blobnodes: total and writable',
      now,
      at,
      zero: true,
      format: bytes,
      series: [
        { name: 'total', class: 'calm', latest: totalBytes, points: history.points.map(point => [point.at, point.totalBytes]) },
        { name: 'writable', class: 'data', latest: writableBytes, points: history.points.map(point => [point.at, point.writableBytes]) },
      ],
      step: history.stepSeconds,
    }),
  ];
}

/** Used and writable are no parts of one whole: what is free need not be writable. So each has its own bar. */
const gauge = (type, named) => h('dl', { class: 'gauge', 'data-key': type.nodeType },
  h('div', {}, h('dt', {}, named ? `${type.nodeType}s, total` : 'total'), h('dd', {}, h('span', { class: 'num' }, bytes(type.totalBytes)))),
  FIGURES.filter(([, key], i) => i < 2 || type[key] > 0).map(([name, key, of]) => h('div', { 'data-key': key },
    h('dt', {}, name),
    h('dd', {}, type[key] !== null && type.totalBytes > 0 && bar([{ share: type[key] / type.totalBytes, class: of }]),
      h('span', { class: 'num' }, known(type[key], bytes)), type[key] !== null && h('small', { class: 'num' }, percent(type[key], type.totalBytes))))));
