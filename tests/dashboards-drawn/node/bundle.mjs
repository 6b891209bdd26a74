// Bundles the page: Grafana's components and the code that draws with them, as one script and one style sheet.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Leaves out Grafana's code editors, which no panel uses. */
const withoutEditors = {
  name: 'without-editors',
  setup(build) {
    build.onResolve(
      { filter: /^(monaco-editor|react-monaco-editor|@monaco-editor|monaco-promql|@codemirror)/ },
      ({ path }) => ({
        path,
        namespace: 'left-out',
      }),
    );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

export async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../page/index.jsx', import.meta.url))],
    outdir: 'page',
    bundle: true,
    write: false,
    minifySyntax: true,
    format: 'iife',
    jsx: 'automatic',
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl', '.woff': 'dataurl', '.png': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    plugins: [withoutEditors],
    logLevel: 'error',
  });
  const text = (ending) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), sheet: text('.css') };
}
