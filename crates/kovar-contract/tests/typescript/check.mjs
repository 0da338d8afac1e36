// Compiles a generated client with the strictest flags, and drives it.
//
//   node check.mjs MODULES              the golden client, with usage.ts against server.mjs
//   node check.mjs MODULES CLIENT_DIR   only compiles the client in CLIENT_DIR
//
// MODULES is a `node_modules` with `typescript` and `@types/node`.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [modules, clientDir] = process.argv.slice(2).map((path) => resolve(path));
if (modules === undefined) throw new Error("usage: node check.mjs MODULES [CLIENT_DIR]");

const strict = {
  strict: true,
  target: "es2022",
  types: ["node"],
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
};
const projects = {
  "node with DOM types": { module: "nodenext", outDir: "out" },
  "node without DOM types": { module: "nodenext", lib: ["es2022"], noEmit: true },
  "a bundler": { module: "esnext", moduleResolution: "bundler", noEmit: true },
};

const here = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), "kovar-typescript-"));
try {
  const source = clientDir ?? join(here, "../golden/typescript");
  for (const name of ["types.ts", "client.ts"]) cpSync(join(source, name), join(work, name));
  if (clientDir === undefined) cpSync(join(here, "usage.ts"), join(work, "usage.ts"));
  symlinkSync(modules, join(work, "node_modules"));
  writeFileSync(join(work, "package.json"), '{"type": "module"}');
  for (const [name, options] of Object.entries(projects)) {
    writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...strict, ...options }, include: ["*.ts"] }));
    run(name, join(modules, ".bin/tsc"), ["--project", work]);
  }
  if (clientDir === undefined) await drive();
} finally {
  rmSync(work, { recursive: true });
}

async function drive() {
  const { start } = await import("./server.mjs");
  const server = await start();
  process.env.BASE_URL = server.baseUrl;
  await import(join(work, "out/usage.js"));
  const { after } = await import("node:test");
  after(server.close);
}

function run(what, command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${what}: ${command} exited with ${status}\n${stdout}${stderr}`);
  console.log(`ok: compiles for ${what}`);
}
