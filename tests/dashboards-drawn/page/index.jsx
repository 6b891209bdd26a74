// Draws a dashboard into the page and tells what stands in it: window.draw(dashboard, view).
import '@fontsource/inter/latin-400.css';
import '@fontsource/inter/latin-500.css';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { createTheme, dateTime, EventBusSrv, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome, PanelContextProvider } from '@grafana/ui';
import { prepare } from './fields.js';
import { look } from './look.js';
import { Inside, isEmpty } from './panels.jsx';
import { annotationsOf, framesOf, interpolate } from './prometheus.js';

const [Width, Cell, Gap, Margin] = [1864, 30, 8, 16]; // Grafana's grid: 24 columns, rows of 30 and gaps of 8 pixels

class Guard extends React.Component {
  state = {};
  static getDerivedStateFromError(error) {
    return { error };
  }
  render() {
    return this.state.error ? (
      <pre data-part="error">{String(this.state.error.stack ?? this.state.error)}</pre>
    ) : (
      this.props.children
    );
  }
}

/** Rows opened, as if each had been clicked: what is folded into one stands below it. */
export function opened(dashboard) {
  const panels = [];
  let moved = 0;
  for (const panel of [...dashboard.panels].sort((a, b) => a.gridPos.y - b.gridPos.y)) {
    panels.push({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + moved } });
    if (panel.type !== 'row' || !panel.collapsed || !panel.panels?.length) continue;
    const top = Math.min(...panel.panels.map((inner) => inner.gridPos.y));
    const shift = panel.gridPos.y + moved + 1 - top;
    panels.push(
      ...panel.panels.map((inner) => ({ ...inner, gridPos: { ...inner.gridPos, y: inner.gridPos.y + shift } })),
    );
    moved += Math.max(...panel.panels.map((inner) => inner.gridPos.y + inner.gridPos.h)) - top;
  }
  return panels;
}

let root;

/** Tables measure themselves and are drawn again, plots come with the next frame: until all is there and still. */
async function settled(panels) {
  const awaited = { table: '[role=columnheader]', timeseries: '.uplot canvas' };
  const missing = () =>
    panels.some(({ panel, frames, error }) => {
      if (!awaited[panel.type] || error || isEmpty(frames)) return false;
      const element = document.querySelector(`[data-panel="${panel.id}"]`);
      return !element?.querySelector(awaited[panel.type]) && !element?.querySelector('[data-part=error]');
    });
  let quiet = 0;
  const observer = new MutationObserver(() => (quiet = 0));
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  for (let tries = 0; tries < 300 && (quiet < 6 || missing()); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    quiet++;
  }
  observer.disconnect();
}

window.draw = async (dashboard, { mode, expand, ...asked }) => {
  const theme = createTheme({ colors: { mode } });
  const timeRange = {
    from: dateTime(asked.from),
    to: dateTime(asked.to),
    raw: { from: dateTime(asked.from), to: dateTime(asked.to) },
  };
  const view = { ...asked, timeRange };
  view.replace = (text) => (typeof text === 'string' ? interpolate(text, view) : text);
  const [panels, annotations] = await Promise.all([
    Promise.all(
      (expand ? opened(dashboard) : dashboard.panels).map(async (panel) => {
        if (panel.type === 'row') return { panel };
        try {
          const shown = panel.targets.filter((target) => !target.hide);
          const frames = (await Promise.all(shown.map((target) => framesOf(target, shown, view)))).flat();
          return { panel, frames: await prepare(panel, frames, theme, view.replace) };
        } catch (error) {
          return { panel, frames: [], error: String(error.stack ?? error) };
        }
      }),
    ),
    Promise.all(dashboard.annotations.list.filter((one) => one.target).map((one) => annotationsOf(one, view))),
  ]);
  const unit = (Width + Gap) / 24;
  const place = ({ x, y, w, h }) => ({
    position: 'absolute',
    left: x * unit,
    top: y * (Cell + Gap),
    width: w * unit - Gap,
    height: h * (Cell + Gap) - Gap,
  });
  const lowest = Math.max(...panels.map(({ panel }) => panel.gridPos.y + panel.gridPos.h)) * (Cell + Gap);
  root?.unmount();
  root = createRoot(document.getElementById('root'));
  const canvas = theme.colors.background.canvas;
  document.body.style.cssText = `margin: 0; background: ${canvas}; width: ${Width + 2 * Margin}px`;
  root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div
        style={{
          position: 'relative',
          margin: Margin,
          width: Width,
          height: lowest,
          background: theme.colors.background.canvas,
          color: theme.colors.text.primary,
        }}
      >
        {panels.map(({ panel, frames, error }) => {
          const box = place(panel.gridPos);
          if (panel.type === 'row') {
            return (
              <div
                key={panel.id}
                data-row={panel.title}
                style={{
                  ...box,
                  fontSize: theme.typography.h5.fontSize,
                  lineHeight: `${Cell}px`,
                  fontWeight: 500,
                }}
              >
                {panel.collapsed && !expand ? '›' : '⌄'} {panel.title}
                {panel.collapsed && !expand ? (
                  <span style={{ color: theme.colors.text.secondary }}> ({panel.panels.length} panels)</span>
                ) : null}
              </div>
            );
          }
          return (
            <div key={panel.id} data-panel={panel.id} style={box}>
              <PanelContextProvider value={{ eventsScope: `${panel.id}`, eventBus: new EventBusSrv(), sync: () => 0 }}>
                <PanelChrome title={panel.title} description={panel.description} width={box.width} height={box.height}>
                  {(width, height) => (
                    <Guard>
                      {error ? (
                        <pre data-part="error">{error}</pre>
                      ) : (
                        <Inside {...{ panel, frames, view, width, height }} annotations={annotations.flat()} />
                      )}
                    </Guard>
                  )}
                </PanelChrome>
              </PanelContextProvider>
            </div>
          );
        })}
      </div>
    </ThemeContext.Provider>,
  );
  await document.fonts.ready;
  await settled(panels);
  return { width: Width + 2 * Margin, height: lowest + 2 * Margin, panels: look(panels, theme) };
};
