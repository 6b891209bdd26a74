// The published types of Grafana's dashboards, as strict as possible for JSON. A test writes each dashboard to a file
// as a literal of type TypedDashboard and checks it with tsc: a literal may have no property that its type lacks.
//
// Exporter.Tests/Dashboards checks what the types cannot: queries are Record<string, unknown> in @grafana/schema (the
// types of the Prometheus data source are not published with it), units and colours are any string, the values of
// overrides and the options of transformations are unknown, and the grid and duplicate ids are not covered.
import type {
  AnnotationQuery, Dashboard, DataSourceRef, FieldConfig, FieldConfigSource, GraphFieldConfig, Panel, RowPanel, TableFieldOptions, VariableModel,
} from '@grafana/schema';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as Gauge } from '@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { FieldConfig as TimelineField, Options as Timeline } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { FieldConfig as HistoryField, Options as History } from '@grafana/schema/dist/esm/raw/composable/statushistory/panelcfg/x/StatusHistoryPanelCfg_types.gen';
import type { Options as TableOptions } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as Text } from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type { Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** T as in JSON: a file has the value where the type requires an enum member. */
type Json<T> = unknown extends T ? T
  : T extends string ? `${T}`
  : T extends number ? (number extends T ? T : `${T}` extends `${infer N extends number}` ? N : never)
  : T extends (infer E)[] ? Json<E>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> }
  : T;

/** T without its index signature, which would accept any name. */
type Known<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

type Field<Custom> = Omit<Known<Json<FieldConfig>>, 'custom'> & { unit: string; custom?: Json<Custom> };

/** Our own type, not Grafana's: the properties of every query here. */
interface PrometheusQuery {
  datasource: Json<DataSourceRef>;
  editorMode: 'code';
  expr: string;
  format: 'table' | 'time_series';
  instant: boolean;
  legendFormat?: string;
  range: boolean;
  refId: string;
}

type Shown<Type extends string, Options, Custom = never> = Omit<Json<Panel>, 'type' | 'title' | 'description' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Type;
  title: string;
  description: string;
  options: Json<Options>;
  fieldConfig: Omit<Json<FieldConfigSource>, 'defaults'> & { defaults: Field<Custom> };
  targets: PrometheusQuery[];
};

/** Only these types of panels are used. */
type AnyPanel =
  | Shown<'timeseries', TimeSeries, GraphFieldConfig>
  | Shown<'stat', Omit<Stat, 'percentChangeColorMode'>> // unknown to Grafana 10
  | Shown<'gauge', Gauge>
  | Shown<'bargauge', BarGauge>
  | Shown<'table', TableOptions, TableFieldOptions>
  | Shown<'state-timeline', Timeline, TimelineField>
  | Shown<'status-history', History, HistoryField>
  | (Omit<Json<Panel>, 'type' | 'options'> & { type: 'text'; options: Json<Text> })
  | Json<RowPanel>;

/** The properties that the Prometheus data source reads, in addition to those of all annotations. */
type PrometheusAnnotation = Omit<Json<AnnotationQuery>, 'target'> & {
  target: { expr: string; interval: string; refId: string };
  tagKeys: string;
  textFormat: string;
  titleFormat: string;
  useValueForTime: boolean;
};

export type TypedDashboard = Omit<Json<Dashboard>, 'panels' | 'annotations' | 'templating'> & {
  annotations: { list: PrometheusAnnotation[] };
  panels: AnyPanel[];
  templating: { list: Json<VariableModel>[] };
};
