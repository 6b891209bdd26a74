// Grafana's own transformations and field overrides, which need a list of the known settings.
import {
  applyFieldOverrides,
  FieldConfigOptionsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

const Standard = [
  'unit',
  'min',
  'max',
  'decimals',
  'displayName',
  'noValue',
  'color',
  'mappings',
  'thresholds',
  'links',
  'fieldMinMax',
];

const setting = (path, isCustom) => ({
  id: isCustom ? `custom.${path}` : path,
  path,
  name: path,
  isCustom,
  editor: () => null,
  override: () => null,
  process: (value) => value,
  shouldApply: () => true,
  settings: {},
});

let set;

function initialize() {
  if (set) return;
  set = true;
  const known = [...new Map(Object.values(standardTransformers).map((one) => [one.id, one])).values()];
  standardTransformersRegistry.setInit(() =>
    known.map((one) => ({
      id: one.id,
      name: one.name,
      transformation: () => Promise.resolve(one),
      editor: () => null,
    })),
  );
  standardFieldConfigEditorRegistry.setInit(() => Standard.map((path) => setting(path, false)));
}

/** Every custom setting of a panel; a path such as custom.hideFrom.legend is one setting. */
function customOf(fieldConfig) {
  const paths = new Set(Object.keys(fieldConfig.defaults.custom ?? {}));
  for (const { properties } of fieldConfig.overrides) {
    for (const { id } of properties) if (id.startsWith('custom.')) paths.add(id.slice('custom.'.length));
  }
  return [...paths];
}

export async function prepare(panel, frames, theme, replace) {
  initialize();
  const steps = (panel.transformations ?? []).filter((step) => !step.disabled);
  const transformed = await lastValueFrom(transformDataFrame(steps, frames, { interpolate: replace }));
  const registry = new FieldConfigOptionsRegistry();
  Standard.forEach((path) => registry.register(setting(path, false)));
  customOf(panel.fieldConfig).forEach((path) => registry.register(setting(path, true)));
  return applyFieldOverrides({
    data: transformed,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: registry,
    replaceVariables: replace,
    theme,
    timeZone: 'utc',
  });
}
