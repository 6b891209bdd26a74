// Tables that become cards where the page is narrow: each cell then says its column itself.

import { h, known } from './dom.js';

/** Columns are { label, num }, rows { key, class, cells }; the first cell names its row. A cell may be null: not known. */
export function table(caption, columns, rows, className = null) {
  // Display values other than a table's take the meaning of a table away from screen readers: roles give it back.
  return h('table', { class: className || 'cards', role: 'table' },
    h('caption', {}, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map(column =>
      h('th', { scope: 'col', role: 'columnheader', class: column.num && 'num' }, column.label)))),
    h('tbody', { role: 'rowgroup' }, rows.map(row => h('tr', { role: 'row', class: row.class, 'data-key': row.key },
      row.cells.map((value, i) => (i === 0
        ? h('th', { scope: 'row', role: 'rowheader' }, known(value))
        : h('td', { role: 'cell', class: columns[i].num && 'num', 'data-of': columns[i].label }, known(value))))))));
}
