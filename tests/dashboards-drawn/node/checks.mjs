// The checks of every drawing. Each takes the output of look.js for its panels, and returns a line for each fault.
import { distance } from './colors.mjs';

export const LeastContrast = 4.5; // WCAG 2.2, 1.4.3
export const LeastDistance = 0.045; // in OKLab; two adjacent colours can just be distinguished at 0.02

const Meanings = {
  good: ['green', 'transparent', 'text'],
  warn: ['yellow', 'dark-yellow'],
  bad: ['red', 'dark-red'],
  neutral: ['blue', 'text', 'transparent'],
  unknown: ['#6e6e6e'],
};

const meaningOf = (color) =>
  Object.keys(Meanings).find((meaning) => Meanings[meaning].includes(color)) ?? `no meaning: ${color}`;

/** The panel shows something other than its text for missing data. */
const hasData = (panel) => !panel.empty;

/** With a small tolerance: an age can be a millisecond below 0, due to clocks and scrapes. */
const isOutside = ({ min, max }, plot) => {
  const hair = (plot.max - plot.min) / 50;
  return (min === max && min !== 0 && min === plot.min) || max > plot.max + hair || min < plot.min - hair;
};

export const Checks = {
  'everything is drawn': ({ panels }) => [
    ...panels.filter((panel) => panel.error).map((panel) => `${panel.title}: ${panel.error.slice(0, 300)}`),
    ...panels.filter((panel) => !panel.drawn).map((panel) => `${panel.title} has data and no cells`),
  ],

  /** An unnecessary exception is as wrong as an empty panel without one. */
  'panels have data': ({ panels, mayBeEmpty }) => [
    ...panels.filter((panel) => !hasData(panel) && !mayBeEmpty[panel.title]).map((panel) => `${panel.title} is empty`),
    ...Object.keys(mayBeEmpty)
      .filter((title) => panels.some((panel) => panel.title === title && hasData(panel)))
      .map((title) => `${title} has data, and may be empty: ${mayBeEmpty[title]}`),
    ...Object.keys(mayBeEmpty)
      .filter((title) => panels.every((panel) => panel.title !== title))
      .map((title) => `there is no panel ${title}, which may be empty`),
  ],

  'an empty panel says in its own words what that means': ({ panels }) =>
    panels
      .filter((panel) => !hasData(panel) && panel.nothing === 'No data')
      .map((panel) => `${panel.title} says No data`),

  'no title and no text is cut': ({ panels }) =>
    panels.flatMap((panel) => [
      ...(panel.titleCut ? [`${panel.title}: the title has ${panel.titleCut}`] : []),
      ...panel.cut.map((text) => `${panel.title}: cut: ${text}`),
    ]),

  'every name of a legend is in sight': ({ panels }) =>
    panels.filter((panel) => panel.legendCut).map((panel) => `${panel.title}: the legend needs ${panel.legendCut}`),

  'every column of a table is in sight': ({ panels }) =>
    panels
      .filter((panel) => panel.columnsOutOfSight)
      .map((panel) => `${panel.title}: the columns need ${panel.columnsOutOfSight}`),

  'columns have names': ({ panels }) =>
    panels.flatMap((panel) =>
      panel.headers
        .filter((header) => /^(Value( #\w+)?|Time)$/.test(header) || header === '')
        .map((header) => `${panel.title}: a column ${header}`),
    ),

  'legends have names, and each another': ({ panels }) =>
    panels.flatMap((panel) => [
      ...panel.legend
        .filter((name) => /[{}]|^Value\b/.test(name) || name.trim() === '')
        .map((name) => `${panel.title}: ${name}`),
      ...panel.legend
        .filter((name, i) => panel.legend.indexOf(name) !== i)
        .map((name) => `${panel.title}: ${name} twice`),
    ]),

  /** Panels not listed in the situation's meanings must be good. */
  'no colour means the opposite': ({ panels, meanings }) =>
    panels.flatMap((panel) => {
      const judged = panel.values.filter(({ color }) => color !== undefined);
      if (!['stat', 'table', 'state-timeline'].includes(panel.type)) return [];
      const place = ({ column }) => (panel.type === 'table' ? `${panel.title}/${column}` : panel.title);
      return [...new Set(judged.map(place))].flatMap((where) => {
        const seen = [
          ...new Set(judged.filter((value) => place(value) === where).map(({ color }) => meaningOf(color))),
        ];
        const meant = [meanings[where] ?? []].flat();
        return [
          ...seen
            .filter((one) => !meant.includes(one) && !['good', 'neutral'].includes(one))
            .map((one) => `${where} is ${one}, and should not be`),
          ...meant
            .filter((one) => !seen.includes(one))
            .map((one) => `${where} is ${seen.join(' and ')}, and should be ${one}`),
        ];
      });
    }),

  'text can be read': ({ panels }) =>
    panels.flatMap((panel) =>
      panel.texts
        .filter(({ contrast }) => contrast < LeastContrast)
        .map(({ text, contrast }) => `${panel.title}: ${contrast.toFixed(1)}:1: ${text}`),
    ),

  'lines can be told apart': ({ panels }) =>
    panels.flatMap((panel) =>
      panel.series.flatMap((one, i) =>
        panel.series
          .slice(0, i)
          .filter((other) => other.dash === one.dash)
          .map((other) => ({ other, ...distance(one.color, other.color) }))
          .filter(({ distance }) => distance < LeastDistance)
          .map(
            ({ other, sight, distance }) =>
              `${panel.title}: ${other.name} and ${one.name}: ${distance.toFixed(3)} apart for ${sight} sight`,
          ),
      ),
    ),

  'a line has room above and below it': ({ panels }) =>
    panels.flatMap((panel) =>
      panel.series.length === 0
        ? []
        : !panel.plot || panel.plot.height < 40
          ? [`${panel.title}: a plot of ${panel.plot?.height ?? 'no'} pixels`]
          : !(panel.plot.max > panel.plot.min)
            ? [`${panel.title}: an axis from ${panel.plot.min} to ${panel.plot.max}`]
            : panel.series
                .filter((line) => isOutside(line, panel.plot))
                .map(({ name }) => `${panel.title}: ${name} lies outside of the axis or on its lower end`),
    ),
};
