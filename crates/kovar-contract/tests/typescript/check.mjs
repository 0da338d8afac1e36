// Compiles the golden clients with the strictest flags, and drives them: that of the shop against server.mjs, that of the
// chat against fake_server.ts.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
//   node check.mjs MODULES              the golden clients
//   node check.mjs MODULES CLIENT_DIR   only compiles the client in CLIENT_DIR
//
// MODULES is a `node_modules` with `typescript` and `@types/node`.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
  // Without Node's types, and so without what uses the client.
  "a browser": { module: "esnext", moduleResolution: "bundler", types: [], lib: ["es2022", "dom"], noEmit: true },
};

const reporter = join(import.meta.dirname, "reporter.mjs");
const golden = join(import.meta.dirname, "../golden");
if (clientDir !== undefined) {
  compiled(clientDir, [], () => undefined);
} else {
  await compiled(join(golden, "typescript"), ["usage.ts"], drive);
  await compiled(join(golden, "live"), ["live_usage.ts", "fake_server.ts", "clock.ts"], (work) => run(work, "live_usage.js"));
}

/** Compiles a client, and what uses it, for each of the projects. */
async function compiled(client, users, then) {
  const work = mkdtempSync(join(tmpdir(), "kovar-typescript-"));
  try {
    for (const name of readdirSync(client).filter((name) => name.endsWith(".ts"))) cpSync(join(client, name), join(work, name));
    for (const name of users) cpSync(join(import.meta.dirname, name), join(work, name));
    symlinkSync(modules, join(work, "node_modules"));
    writeFileSync(join(work, "package.json"), '{"type": "module"}');
    for (const [name, options] of Object.entries(projects)) {
      const compilerOptions = { ...strict, ...options };
      const include = compilerOptions.types.length > 0 ? ["*.ts"] : ["types.ts", "client.ts", "live.ts"];
      writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
      report(`compiles for ${name}`, spawnSync(join(modules, ".bin/tsc"), ["--project", work], { encoding: "utf8" }));
    }
    await then(work);
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function drive(work) {
  const { start } = await import("./server.mjs");
  const server = await start();
  try {
    await run(work, "usage.js", { BASE_URL: server.baseUrl });
  } finally {
    await server.close();
  }
}

/** Runs tests in a process of their own; Node before 22 has its WebSocket only if asked for it. */
async function run(work, name, environment = {}) {
  const options = ["--no-warnings", "--experimental-websocket", `--test-reporter=${reporter}`];
  const child = spawn(process.execPath, [...options, join(work, "out", name)], {
    env: { ...process.env, ...environment },
    stdio: "inherit",
  });
  const [status] = await once(child, "exit");
  if (status !== 0) process.exitCode = 1;
}

function report(what, { status, stdout, stderr }) {
  const line = `${what}: ${stdout}${stderr}`.trim().replaceAll(/\s+/g, " ");
  console.log(status === 0 ? `ok ${what}` : `not ok ${line}`);
  if (status !== 0) process.exitCode = 1;
}
