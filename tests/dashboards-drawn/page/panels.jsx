// A panel's inside, by Grafana's components. What @grafana/ui lacks (state timelines) is drawn plainly.
import React, { useMemo } from 'react';
import {
  cacheFieldDisplayNames,
  FieldType,
  getDisplayValueAlignmentFactors,
  getFieldDisplayName,
  getFieldDisplayValues,
  ReducerID,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, useTheme2, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';

export const isEmpty = (frames) => frames.every((frame) => frame.length === 0 || frame.fields.length === 0);

export function Inside({ panel, frames, view, annotations, width, height }) {
  const properties = { panel, frames, view, annotations, width, height };
  if (panel.type === 'stat') return <Stat {...properties} />;
  if (isEmpty(frames)) return <Nothing panel={panel} />;
  switch (panel.type) {
    case 'timeseries':
      return <Lines {...properties} />;
    case 'table':
      return <Cells {...properties} />;
    case 'gauge': // not published: shown as bars
    case 'bargauge':
      return <Bars {...properties} />;
    case 'state-timeline':
      return <Timeline {...properties} />;
    default:
      throw new Error(`nothing draws a ${panel.type}`);
  }
}

/** Grafana's PanelDataErrorView says the same. */
function Nothing({ panel }) {
  return (
    <div
      data-part="nothing"
      style={{ display: 'flex', alignItems: 'center', justifyContent: 'center', height: '100%' }}
    >
      {panel.fieldConfig.defaults.noValue || 'No data'}
    </div>
  );
}

function valuesOf({ panel, frames, view }, theme) {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: {
      ...panel.options.reduceOptions,
      calcs: panel.options.reduceOptions.calcs ?? [ReducerID.lastNotNull],
    },
    replaceVariables: view.replace,
    theme,
    data: frames,
    sparkline: panel.options.graphMode !== 'none',
    timeZone: 'utc',
  });
}

function Stat(properties) {
  const theme = useTheme2();
  const { panel, width, height } = properties;
  const { textMode, colorMode, graphMode, justifyMode, orientation, wideLayout, text } = panel.options;
  return (
    <VizRepeater
      getValues={() => valuesOf(properties, theme)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, count }) => (
        <BigValue
          value={count === 1 && textMode === 'auto' ? { ...value.display, title: '' } : value.display}
          {...{ width, height, count, theme, textMode, colorMode, graphMode, justifyMode, wideLayout, text }}
          sparkline={value.sparkline}
        />
      )}
      source={properties.frames}
      itemSpacing={3}
      renderCounter={0}
      autoGrid
      {...{ width, height, orientation }}
    />
  );
}

function Bars(properties) {
  const theme = useTheme2();
  const { panel, width, height } = properties;
  const { displayMode, orientation, valueMode, namePlacement, showUnfilled, text } = panel.options;
  return (
    <VizRepeater
      getValues={() => valuesOf(properties, theme)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, alignmentFactors, orientation, width, height }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          {...{
            width,
            height,
            orientation,
            theme,
            displayMode,
            valueMode,
            namePlacement,
            showUnfilled,
            alignmentFactors,
            text,
          }}
          itemSpacing={8}
        />
      )}
      source={properties.frames}
      itemSpacing={8}
      renderCounter={0}
      minVizHeight={panel.options.minVizHeight}
      minVizWidth={panel.options.minVizWidth}
      {...{ width, height, orientation }}
    />
  );
}

function Lines({ panel, frames, view, annotations, width, height }) {
  const theme = useTheme2();
  return (
    <TimeSeries
      frames={frames}
      structureRev={1}
      timeRange={view.timeRange}
      timeZone="utc"
      legend={panel.options.legend}
      options={panel.options}
      {...{ width, height }}
    >
      {(config) => {
        marks(config, annotations, theme);
        config.addHook('draw', (plot) => plots.set(panel.id, measure(plot)));
        return null;
      }}
    </TimeSeries>
  );
}

/** What the lines were drawn into, by the panel's id. */
export const plots = new Map();

const measure = (plot) => {
  const { min, max } = Object.entries(plot.scales).find(([key, scale]) => key !== 'x' && scale.min !== null)?.[1] ?? {};
  return { height: plot.over.clientHeight, min, max };
};

/** Grafana has a plugin for them that is not published. */
function marks(config, annotations, theme) {
  config.addHook('draw', (plot) => {
    for (const { at, color } of annotations) {
      const x = plot.valToPos(at, 'x', true);
      if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) continue;
      plot.ctx.save();
      plot.ctx.strokeStyle = theme.visualization.getColorByName(color);
      plot.ctx.setLineDash([4, 4]);
      plot.ctx.beginPath();
      plot.ctx.moveTo(x, plot.bbox.top);
      plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
      plot.ctx.stroke();
      plot.ctx.restore();
    }
  });
}

function Cells({ panel, frames, view, width, height }) {
  useMemo(() => cacheFieldDisplayNames(frames), [frames]); // as Grafana's panel does
  return (
    <TableNG
      data={frames[panel.options.frameIndex ?? 0]}
      noHeader={!panel.options.showHeader}
      showTypeIcons={false}
      sortBy={panel.options.sortBy}
      cellHeight={panel.options.cellHeight}
      timeRange={view.timeRange}
      structureRev={1}
      enableVirtualization={false}
      getActions={() => []}
      {...{ width, height }}
    />
  );
}

/** Plainly: a row a series, a box for each time in which the value stays. */
function Timeline({ panel, frames, view, width, height }) {
  const theme = useTheme2();
  const names = Math.min(170, width / 3);
  const rows = frames.flatMap((frame) => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    return frame.fields
      .filter((field) => field !== time)
      .map((field) => ({ name: getFieldDisplayName(field, frame, frames), boxes: boxesOf(time, field, view) }));
  });
  const line = Math.min(36, height / Math.max(rows.length, 1));
  const scale = (at) => names + ((at - view.from) / (view.to - view.from)) * (width - names);
  return (
    <div
      style={{
        position: 'relative',
        width,
        height,
        fontSize: theme.typography.bodySmall.fontSize,
        overflow: 'hidden',
      }}
    >
      {rows.map(({ name, boxes }, row) => (
        <React.Fragment key={name}>
          <div
            data-part="name"
            style={{
              position: 'absolute',
              top: row * line,
              height: line,
              width: names - 8,
              lineHeight: `${line}px`,
              overflow: 'hidden',
              whiteSpace: 'nowrap',
              textOverflow: 'ellipsis',
            }}
          >
            {name}
          </div>
          {boxes.map(({ from, to, shown }) => {
            const wide = scale(to) - scale(from);
            const text = shown.text.length * 7 + 12 < wide ? shown.text : '';
            return (
              <div
                key={from}
                style={{
                  position: 'absolute',
                  top: row * line + 2,
                  height: line - 4,
                  left: scale(from),
                  width: wide,
                  lineHeight: `${line - 4}px`,
                  background: shown.color,
                  color: theme.colors.getContrastText(shown.color, 4.5),
                  paddingLeft: text ? 4 : 0,
                  boxSizing: 'border-box',
                  overflow: 'hidden',
                  whiteSpace: 'nowrap',
                }}
              >
                {text}
              </div>
            );
          })}
        </React.Fragment>
      ))}
    </div>
  );
}

function boxesOf(time, field, view) {
  const boxes = [];
  field.values.forEach((value, i) => {
    if (value === null || value === undefined) return;
    const [from, to] = [time.values[i], Math.min(time.values[i] + time.config.interval, view.to)];
    const last = boxes.at(-1);
    if (last && last.value === value && last.to >= from) last.to = to;
    else boxes.push({ from, to, value, shown: field.display(value) });
  });
  return boxes;
}
