// Returns the content of the page as data; checks.mjs evaluates it.
import {
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  getFieldSeriesColor,
  reduceField,
} from '@grafana/data';
import tinycolor from 'tinycolor2';
import { isEmpty, plots } from './panels.jsx';

export const look = (panels, theme) =>
  panels
    .filter(({ panel }) => panel.type !== 'row')
    .map(({ panel, frames, error }) => {
      const element = document.querySelector(`[data-panel="${panel.id}"]`);
      return {
        id: panel.id,
        title: panel.title,
        type: panel.type,
        error: error ?? element.querySelector('[data-part=error]')?.textContent,
        empty: isEmpty(frames),
        nothing: element.querySelector('[data-part=nothing]')?.textContent,
        titleCut: titleCut(element, panel.title),
        cut: cutTexts(element, panel.type),
        columnsOutOfSight: columnsOutOfSight(element),
        headers: [...element.querySelectorAll('[role=columnheader]')].map((header) => header.textContent.trim()),
        legendCut: legendCut(element, panel.type),
        drawn: isEmpty(frames) || panel.type !== 'table' || element.querySelector('[role=gridcell]') !== null,
        legend: legendOf(panel, frames),
        values: valuesOf(panel, frames, theme),
        series: panel.type === 'timeseries' ? seriesOf(frames, theme, panel) : [],
        plot: plots.get(panel.id),
        texts: textsOf(element, theme),
      };
    });

const visible = (element) => {
  const { width, height } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return width > 0 && height > 0 && style.visibility !== 'hidden' && Number(style.opacity) > 0;
};

/** A title that does not fit is cut with an ellipsis. */
function titleCut(element, title) {
  const shown = [...element.querySelectorAll('h2, h6')].find((one) => one.textContent === title);
  if (!shown) return `no title "${title}" in the page`;
  const box = element.getBoundingClientRect();
  return shown.scrollWidth > shown.clientWidth + 1 || shown.getBoundingClientRect().right > box.right
    ? `${shown.scrollWidth} pixels in ${shown.clientWidth}`
    : undefined;
}

/** Texts that overflow their box or the panel, or end in an ellipsis, except in table cells that are not headers. */
function cutTexts(element, type) {
  const panel = element.getBoundingClientRect();
  return leaves(element)
    .filter(({ node }) => type !== 'table' || node.closest('[role=columnheader]'))
    .filter(({ node }) => !node.closest('header, h2, h6'))
    .filter(({ node, box }) => {
      if (type === 'timeseries' && scrolls(node)) return false;
      const tight = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible';
      return tight || box.right > panel.right + 1 || box.bottom > panel.bottom + 1;
    })
    .map(({ text }) => text);
}

/** A legend with more names than fit scrolls. */
function legendCut(element, type) {
  if (type !== 'timeseries') return undefined;
  const scrolled = [...element.querySelectorAll('*')].find(
    (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 4,
  );
  return scrolled && `${scrolled.scrollHeight} pixels, and has ${scrolled.clientHeight}`;
}

/** On a wall screen nobody can scroll a table sideways. */
function columnsOutOfSight(element) {
  const grid = element.querySelector('[role=grid]');
  return grid && grid.scrollWidth > grid.clientWidth + 1
    ? `${grid.scrollWidth} pixels, and have ${grid.clientWidth}`
    : undefined;
}

/** A legend that is longer than its box scrolls. */
const scrolls = (node) => {
  for (let up = node; up; up = up.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(up).overflowY)) return true;
  return false;
};

function leaves(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !visible(node) || ['STYLE', 'SCRIPT'].includes(node.tagName)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    found.push({ node, text, box: range.getBoundingClientRect() });
  }
  return found;
}

function legendOf(panel, frames) {
  if (!['timeseries', 'state-timeline', 'bargauge'].includes(panel.type)) return [];
  return frames.flatMap((frame) =>
    frame.fields
      .filter((field) => field.type !== FieldType.time && !field.config.custom?.hideFrom?.legend)
      .map((field) => getFieldDisplayName(field, frame, frames)),
  );
}

/** Each displayed value with its colour, from the display processor. */
function valuesOf(panel, frames, theme) {
  return frames.flatMap((frame) =>
    frame.fields
      .filter((field) => field.type !== FieldType.time && field.display)
      .flatMap((field) => {
        const all = [...field.values];
        const last = all.findLast((value) => value !== null && value !== undefined);
        const shown = panel.type === 'table' ? all : all.length ? [last] : [];
        const coloured = panel.type !== 'table' || (field.config.custom?.cellOptions?.type ?? 'auto') !== 'auto';
        const name = getFieldDisplayName(field, frame, frames);
        return shown.map((value, row) => {
          const display = field.display(value);
          return {
            column: name,
            row,
            value,
            text: formattedValueToString(display),
            color: coloured ? nameOf(display.color, theme) : undefined,
          };
        });
      }),
  );
}

/** The dashboards' name for a colour of the theme. */
function nameOf(color, theme) {
  if (!color) return undefined;
  const hex = tinycolor(color).toHex8String();
  return (
    ['green', 'yellow', 'orange', 'red', 'blue', 'text', 'transparent', 'dark-yellow', 'dark-green', 'dark-red'].find(
      (name) => tinycolor(theme.visualization.getColorByName(name)).toHex8String() === hex,
    ) ?? color
  );
}

function seriesOf(frames, theme, panel) {
  return frames.flatMap((frame) =>
    frame.fields
      .filter((field) => field.type === FieldType.number)
      .map((field) => {
        const { min, max } = reduceField({ field, reducers: ['min', 'max'] });
        const custom = field.config.custom ?? {};
        return {
          name: getFieldDisplayName(field, frame, frames),
          color: tinycolor(getFieldSeriesColor(field, theme).color).toHexString(),
          dash: custom.lineStyle?.fill === 'dash' ? (custom.lineStyle.dash ?? []).join() : '',
          points: field.values.filter((value) => value !== null).length,
          min,
          max,
        };
      }),
  );
}

const blend = (front, back) => {
  const alpha = front.a;
  return {
    r: front.r * alpha + back.r * (1 - alpha),
    g: front.g * alpha + back.g * (1 - alpha),
    b: front.b * alpha + back.b * (1 - alpha),
    a: 1,
  };
};

/** The background behind an element: its own and those of its ancestors, the lowest first. */
function backgroundOf(node, theme) {
  const layers = [];
  for (let up = node; up; up = up.parentElement) {
    const style = getComputedStyle(up);
    // A gradient counts as its worst end.
    const gradient = style.backgroundImage.match(/rgba?\([^)]*\)/g);
    const color = tinycolor(gradient?.[0] ?? style.backgroundColor).toRgb();
    if (color.a > 0) layers.push(color);
    if (color.a === 1) break;
  }
  return layers
    .reverse()
    .reduce((back, front) => blend(front, back), tinycolor(theme.colors.background.canvas).toRgb());
}

function textsOf(element, theme) {
  return leaves(element).map(({ node, text }) => {
    const back = backgroundOf(node, theme);
    const style = getComputedStyle(node);
    const front = blend(tinycolor(style.color).toRgb(), back);
    return {
      text: text.slice(0, 60),
      size: parseFloat(style.fontSize),
      weight: Number(style.fontWeight),
      contrast: tinycolor.readability(tinycolor(front), tinycolor(back)),
    };
  });
}
