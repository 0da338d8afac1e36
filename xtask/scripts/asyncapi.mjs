// Reads an AsyncAPI document with AsyncAPI's own parser. Prints a line for whatever the parser has to say; exits with 1
// when it refuses the document, or says that something is wrong with it.
//
// Usage: node asyncapi.mjs DOCUMENT

import { readFile } from "node:fs/promises";
import parser from "@asyncapi/parser";

const SEVERITIES = ["error", "warning", "information", "hint"];

const text = await readFile(process.argv[2], "utf8");
const { document, diagnostics } = await new parser.Parser().parse(text);
for (const { severity, code, path, message } of diagnostics) {
  console.log(`${SEVERITIES[severity]}: ${code} at /${path.join("/")}: ${message}`);
}
if (!document || diagnostics.some(({ severity }) => severity === 0)) process.exitCode = 1;
