// Checks every manifest of deploy/kubernetes against the published schemas: values with the validators generated from
// them, and unknown fields with the types generated from them. Resolves kustomizations: every named file must exist,
// and every file must be named. The sidecar's patch is applied to a StatefulSet first.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAll } from "js-yaml";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../deploy/kubernetes");
const faults = [];
const documents = []; // the documents of every file: {where, object}

const packageOf = (apiVersion) =>
  apiVersion.startsWith("monitoring.coreos.com/")
    ? `@kubernetes-models/prometheus-operator/${apiVersion}`
    : `kubernetes-models/${apiVersion}`;

const read = (file) =>
  loadAll(readFileSync(file, "utf8")).map((object, i) => ({ where: `${relative(root, file)}${i ? `[${i}]` : ""}`, object }));

const seen = new Set();

function kustomization(folder) {
  seen.add(folder);
  const file = join(folder, "kustomization.yaml");
  const [{ object }] = read(file);
  const known = [
    "apiVersion",
    "kind",
    "resources",
    "configMapGenerator",
    "generatorOptions",
    "images",
    "patches",
  ];
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) faults.push(`${relative(root, file)}: ${key} is not known to this check`);
  }
  const named = new Set(["kustomization.yaml"]);
  for (const resource of object.resources ?? []) {
    const path = join(folder, resource);
    if (!existsSync(path)) faults.push(`${relative(root, file)}: ${resource} is not there`);
    else if (!resource.endsWith(".yaml")) {
      if (!seen.has(resolve(path))) kustomization(resolve(path));
    } else {
      named.add(resource);
      documents.push(...read(path));
    }
  }
  for (const { name, files } of object.configMapGenerator ?? []) {
    const data = {};
    for (const entry of files) {
      const [key, one] = entry.includes("=") ? entry.split("=") : [entry, entry];
      named.add(one);
      if (!existsSync(join(folder, one))) faults.push(`${relative(root, file)}: ${one} is not there`);
      else data[key] = readFileSync(join(folder, one), "utf8");
    }
    const labels = object.generatorOptions?.labels;
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...(labels && { labels }) }, data };
    // kubectl apply stores the object in an annotation, which may have 256 KiB at most.
    if (JSON.stringify(map).length > 256 << 10) faults.push(`${relative(root, file)}: ${name} is too large to apply`);
    documents.push({ where: `${relative(root, file)}: ${name}`, object: map });
  }
  for (const { path } of object.patches ?? []) {
    named.add(path);
    documents.push(...read(join(folder, path)).map(({ where, object: patch }) => ({ where, object: patched(patch) })));
  }
  for (const one of folder.startsWith(root) ? readdirSync(folder) : []) {
    if (!named.has(one)) faults.push(`${relative(root, folder)}/${one} belongs to no kustomization`);
  }
}

// A member's StatefulSet with the patch applied: containers are merged by name.
function patched(patch) {
  const spec = patch.spec.template.spec;
  return {
    ...patch,
    spec: {
      serviceName: "clustermgr",
      selector: { matchLabels: { app: "clustermgr" } },
      template: {
        metadata: { labels: { app: "clustermgr", ...patch.spec.template.metadata.labels } },
        spec: { ...spec, containers: [{ name: "clustermgr", image: "clustermgr" }, ...spec.containers] },
      },
    },
  };
}

for (const folder of readdirSync(root)) {
  if (!seen.has(join(root, folder))) kustomization(join(root, folder));
}

const lines = ["// Made by check.mjs of the manifests."];
const origins = [];
for (const { where, object } of documents) {
  const module = `${packageOf(object.apiVersion)}/${object.kind}`;
  let model;
  try {
    model = (await import(module))[object.kind];
  } catch {
    faults.push(`${where}: no published schema of ${object.apiVersion} ${object.kind}`);
    continue;
  }
  try {
    new model(object).validate();
  } catch (error) {
    faults.push(`${where}: ${error.message}`);
  }
  lines.push(`export const _${origins.length}: import("${module}").I${object.kind} = ${JSON.stringify(object)};`);
  origins.push(where);
}

// The type check of literals rejects undeclared fields.
const folder = mkdtempSync(join(here, ".types-"));
try {
  const file = join(folder, "manifests.ts");
  writeFileSync(file, lines.join("\n"));
  execFileSync(
    join(here, "node_modules/.bin/tsc"),
    ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext", file],
    { encoding: "utf8", stdio: "pipe" },
  );
} catch (error) {
  for (const line of `${error.stdout ?? error}`.trim().split("\n")) {
    const at = /manifests\.ts\((\d+),\d+\): (.*)/.exec(line);
    faults.push(at ? `${origins[at[1] - 2]}: ${at[2]}` : line);
  }
} finally {
  rmSync(folder, { recursive: true });
}

// Checks beyond the schemas: referenced ports, labels and volumes exist, and nothing runs as root.
const find = (kind) => documents.filter(({ object }) => object.kind === kind);
for (const { where, object } of [...find("Deployment"), ...find("StatefulSet")]) {
  const pod = object.spec.template;
  for (const [key, value] of Object.entries(object.spec.selector.matchLabels)) {
    if (pod.metadata.labels[key] !== value) faults.push(`${where}: its selector finds no pod of its own`);
  }
  const volumes = [...(pod.spec.volumes ?? []), ...(object.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata)];
  const container = pod.spec.containers.at(-1);
  for (const mount of container.volumeMounts ?? []) {
    if (!volumes.some((volume) => volume.name === mount.name)) faults.push(`${where}: no volume ${mount.name}`);
  }
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    if (probe && !container.ports.some((port) => port.name === probe.httpGet.port)) faults.push(`${where}: a probe of no port`);
  }
  const security = { ...pod.spec.securityContext, ...container.securityContext };
  if (!(security.runAsNonRoot && security.runAsUser === 1654 && security.readOnlyRootFilesystem && security.allowPrivilegeEscalation === false)) {
    faults.push(`${where}: it may be root, or write to its files`);
  }
  const monitored = object.metadata.name === "clustermgr" ? find("PodMonitor")[0].object.spec.selector : find("ServiceMonitor")[0].object.spec.selector;
  const scraped = monitored.matchLabels;
  if (!Object.entries(scraped).every(([key, value]) => pod.metadata.labels[key] === value)) faults.push(`${where}: nobody scrapes it`);
}

for (const fault of faults) console.log(fault);
console.log(`${documents.length} objects, ${new Set(documents.map(({ object }) => object.kind)).size} kinds, ${faults.length} faults (${basename(root)})`);
process.exit(faults.length > 0 || documents.length === 0 ? 1 : 0);
