// Queries Prometheus as Grafana's data source does, and creates the same frames from the answers.
import { FieldType, toDataFrame } from '@grafana/data';

const Points = 1000; // maxDataPoints of a panel of normal width

/** The view is { from, to } in milliseconds, the scrape interval in seconds, and the values of variables. */
export function interpolate(text, view) {
  const range = Math.round((view.to - view.from) / 1000);
  const interval = Math.max(view.scrape, Math.round(range / Points));
  const known = {
    __interval: `${interval}s`,
    __interval_ms: `${interval * 1000}`,
    __rate_interval: `${Math.max(interval + view.scrape, 4 * view.scrape)}s`,
    __range: `${range}s`,
    __range_s: `${range}`,
    ...view.variables,
  };
  // Anything that is not a variable stays, such as the $1 of label_replace.
  return text.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (whole, braced, plain) => known[braced ?? plain] ?? whole);
}

async function ask(view, path, parameters) {
  const answer = await (await fetch(`${view.prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`)).json();
  if (answer.status !== 'success') throw new Error(`${answer.error}: ${parameters.query}`);
  return answer.data.result;
}

export async function framesOf(target, targets, view) {
  const query = interpolate(target.expr, view);
  const [from, to] = [Math.round(view.from / 1000), Math.round(view.to / 1000)];
  const step = Math.max(view.scrape, Math.round((to - from) / Points));
  const result = target.instant
    ? await ask(view, 'query', { query, time: to })
    : await ask(view, 'query_range', { query, start: from, end: to, step });
  const series = result.map(({ metric, value, values }) => ({ labels: metric, samples: values ?? [value] }));
  return target.format === 'table'
    ? [tableOf(target, targets.length, series)]
    : series.map((one) => seriesOf(target, one, step));
}

/** One frame for each series; the name is that of the legend. */
function seriesOf(target, { labels, samples }, step) {
  const name = legend(target.legendFormat, labels);
  const { __name__: metric, ...own } = labels;
  return toDataFrame({
    refId: target.refId,
    name,
    meta: { type: target.instant ? 'numeric-multi' : 'timeseries-multi' },
    fields: [
      // Grafana interrupts the line at a missing step.
      {
        name: 'Time',
        type: FieldType.time,
        config: { interval: step * 1000 },
        values: samples.map(([at]) => at * 1000),
      },
      {
        name: 'Value',
        type: FieldType.number,
        labels: own,
        config: { displayNameFromDS: name },
        values: samples.map(([, value]) => Number(value.replace('Inf', 'Infinity'))),
      },
    ],
  });
}

/** The data source's name for a series without a legend: metric name and labels. */
function legend(format, labels) {
  if (format && format !== '__auto') return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '');
  const { __name__: metric = '', ...own } = labels;
  return `${metric}{${Object.entries(own)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')}}`;
}

/** One frame for all series; with several queries, the value column has the query's letter. */
function tableOf(target, queries, series) {
  if (queries === 1 && series.length === 0) return toDataFrame({ refId: target.refId, fields: [] });
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
  const last = ({ samples }) => samples[samples.length - 1];
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: series.map((one) => last(one)[0] * 1000) },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        values: series.map((one) => one.labels[label] ?? ''),
      })),
      {
        name: queries > 1 ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        values: series.map((one) => Number(last(one)[1].replace('Inf', 'Infinity'))),
      },
    ],
  });
}

/** Times at which an annotation's query had a value; as in Grafana, a continuous range is one mark with an end. */
export async function annotationsOf(annotation, view) {
  const [from, to] = [Math.round(view.from / 1000), Math.round(view.to / 1000)];
  const step = Math.max(view.scrape, Math.round((to - from) / Points));
  const result = await ask(view, 'query_range', {
    query: interpolate(annotation.target.expr, view),
    start: from,
    end: to,
    step,
  });
  return result.flatMap(({ values }) =>
    values
      .filter(([at, value], i) => Number(value) > 0 && (i === 0 || at - values[i - 1][0] > step))
      .map(([at]) => ({ at: at * 1000, color: annotation.iconColor })),
  );
}
