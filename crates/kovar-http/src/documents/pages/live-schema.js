// Schemas of the document: as text that people read, and as examples.
"use strict";

/** Deeper than this, what may be left out of an example is. */
const EXAMPLE_DEPTH = 4;

/** What texts of a format look like. */
const TEXTS = {
  "date-time": () => new Date().toISOString(),
  date: () => new Date().toISOString().slice(0, 10),
  "date-time-local": () => new Date().toISOString().slice(0, 19),
  time: () => "12:00:00Z",
  "time-local": () => "12:00:00",
  duration: () => "PT1H",
  email: () => "ada@example.com",
  uri: () => "https://example.com/",
  uuid: () => "00000000-0000-4000-8000-000000000000",
  ip: () => "127.0.0.1",
  ipv4: () => "127.0.0.1",
  ipv6: () => "::1",
  decimal: () => "1.00",
  char: () => "a",
};

/** What bytes look like in an encoding. */
const BYTES = { base64: "a292", base64url: "a292", base16: "6b6f" };

/** What is tried where a pattern must match. */
const GUESSES = ["text", "a", "A", "1", "abcd", "ABCD", "1234", "1.00", "abc123", "ABC123", "ABC-1", "a1b2c3d4"];

class Schemas {
  #document;

  constructor(document) {
    this.#document = document;
  }

  /** What a reference leads to. */
  resolve(value) {
    let found = value;
    for (let steps = 0; found?.$ref && steps < 100; steps += 1) found = this.#at(found.$ref);
    return found ?? {};
  }

  #at(reference) {
    const tokens = reference.replace(/^#\/?/, "").split("/");
    const key = (token) => decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
    return tokens.reduce((value, token) => value?.[key(token)], this.#document);
  }

  /** One schema without references, in which all parts of an `allOf` are together. */
  flat(schema) {
    const { allOf, ...own } = this.resolve(schema);
    return (allOf ?? []).map((part) => this.flat(part)).reduce((all, part) => ({
      ...part,
      ...all,
      ...(all.properties || part.properties ? { properties: { ...part.properties, ...all.properties } } : {}),
      ...(all.required || part.required ? { required: [...(part.required ?? []), ...(all.required ?? [])] } : {}),
    }), own);
  }

  /** A schema as a type, with its rules behind it, and what it is for above each member. */
  text(schema, indent = "", within = []) {
    const names = [schema, ...(schema?.allOf ?? [])].flatMap((part) => part?.$ref?.split("/").pop() ?? []);
    const known = names.find((name) => within.includes(name));
    if (known) return known;
    within = [...within, ...names];
    const flat = this.flat(schema);
    const options = flat.oneOf ?? flat.anyOf;
    if (options) return options.map((option) => this.text(option, indent, within)).join(" | ");
    if ("const" in flat) return JSON.stringify(flat.const);
    if (flat.enum) return flat.enum.map((value) => JSON.stringify(value)).join(" | ");
    const kinds = [flat.type ?? (flat.properties ? "object" : [])].flat();
    const said = kinds.map((kind) => this.#kind(kind, flat, indent, within)).join(" | ") || "anything";
    const rules = this.#rules(flat).join(", ");
    return rules ? `${said} (${rules})` : said;
  }

  #kind(kind, schema, indent, within) {
    if (kind === "object") return this.#object(schema, indent, within);
    if (kind !== "array") return kind;
    if (Array.isArray(schema.items)) return `[${schema.items.map((item) => this.text(item, indent, within)).join(", ")}]`;
    const item = this.text(schema.items ?? {}, indent, within);
    return / /.test(item) && !/^\{[^]*\}$/.test(item) ? `(${item})[]` : `${item}[]`;
  }

  #object(schema, indent, within) {
    const inner = `${indent}  `;
    const lines = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const description = this.flat(property).description ?? "";
      const comments = description.split("\n").filter((line) => line.trim()).map((line) => `${inner}// ${line}`);
      const mark = schema.required?.includes(name) ? "" : "?";
      return [...comments, `${inner}${name}${mark}: ${this.text(property, inner, within)}`];
    });
    const { additionalProperties: others } = schema;
    if (others && typeof others === "object") lines.push(`${inner}[any name]: ${this.text(others, inner, within)}`);
    return lines.length ? `{\n${lines.join("\n")}\n${indent}}` : "{}";
  }

  #rules(schema) {
    const between = (least, most, one = "") => {
      const what = one && (most ?? least) !== 1 ? ` ${one}s` : one && ` ${one}`;
      if (least === undefined && most === undefined) return [];
      if (least === most) return [`${least}${what}`];
      if (most === undefined) return [`at least ${least}${what}`];
      if (least === undefined) return [`at most ${most}${what}`];
      return [`${least} to ${most}${what}`];
    };
    const [minimum, maximum] = isWholeRange(schema) ? [] : [schema.minimum, schema.maximum];
    const some = (value, say) => (value === undefined ? [] : [say(value)]);
    return [
      ...some(schema.format, (format) => format),
      ...some(schema.contentEncoding, (encoding) => encoding),
      ...between(schema.minLength, schema.maxLength, "character"),
      ...between(minimum, maximum),
      ...some(schema.exclusiveMinimum, (bound) => `more than ${bound}`),
      ...some(schema.exclusiveMaximum, (bound) => `less than ${bound}`),
      ...some(schema.multipleOf, (step) => `a multiple of ${step}`),
      ...some(schema.pattern, (pattern) => `like /${pattern}/`),
      ...(Array.isArray(schema.items) ? [] : between(schema.minItems, schema.maxItems, "item")),
      ...some(schema.uniqueItems || undefined, () => "all different"),
      ...some(schema.default, (value) => `${JSON.stringify(value)} if left out`),
      ...some(schema.deprecated || undefined, () => "deprecated"),
    ];
  }

  /** A value that keeps the schema, as far as one can be guessed. */
  example(schema, depth = 0) {
    const flat = this.flat(schema);
    if (flat.examples?.length) return flat.examples[0];
    if ("const" in flat) return flat.const;
    if (flat.default !== undefined) return flat.default;
    if (flat.enum) return flat.enum[0];
    const options = flat.oneOf ?? flat.anyOf;
    if (options) return depth > 2 * EXAMPLE_DEPTH ? null : this.example(options[0], depth + 1);
    const kinds = [flat.type ?? (flat.properties ? "object" : [])].flat();
    switch (kinds.find((kind) => kind !== "null") ?? kinds[0]) {
      case "object": return this.#exampleObject(flat, depth);
      case "array": return this.#exampleArray(flat, depth);
      case "string": return exampleText(flat);
      case "integer": case "number": return exampleNumber(flat);
      case "boolean": return true;
      case "null": return null;
      default: return {};
    }
  }

  /** A frame with what it must have. */
  frame(schema) {
    const { properties = {}, required = [] } = this.flat(schema);
    return Object.fromEntries(required.map((name) => [name, this.example(properties[name] ?? {}, 1)]));
  }

  #exampleObject(schema, depth) {
    const isWanted = ([name, property]) => {
      const mayBeThere = depth < EXAMPLE_DEPTH && !this.flat(property).deprecated;
      return mayBeThere || schema.required?.includes(name);
    };
    const members = Object.entries(schema.properties ?? {}).filter(isWanted);
    if (depth > 2 * EXAMPLE_DEPTH) return {};
    return Object.fromEntries(members.map(([name, property]) => [name, this.example(property, depth + 1)]));
  }

  #exampleArray(schema, depth) {
    if (Array.isArray(schema.items)) return schema.items.map((item) => this.example(item, depth + 1));
    const count = Math.min(schema.minItems ?? 1, schema.maxItems ?? 1);
    if (depth >= EXAMPLE_DEPTH && !schema.minItems) return [];
    return Array.from({ length: Math.max(count, schema.minItems ?? 0) }, () => this.example(schema.items ?? {}, depth + 1));
  }
}

/** Whether the bounds are those of the format, which says them already. */
function isWholeRange({ format, minimum, maximum }) {
  const [, sign, bits] = /^(u?)int(8|16|32|64)$/.exec(format ?? "") ?? [];
  if (format === "float") return Math.abs(minimum) > 1e38 && maximum > 1e38;
  if (!bits) return false;
  const most = sign ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  return minimum === (sign ? 0 : -most - 1) && maximum === most;
}

function exampleText({ format, contentEncoding, pattern, minLength = 0, maxLength = Infinity }) {
  const made = TEXTS[format]?.() ?? BYTES[contentEncoding];
  if (made !== undefined && !pattern) return made;
  const fitting = (text) => text.padEnd(minLength, "a").slice(0, maxLength);
  const guesses = [...(made === undefined ? [] : [made]), ...GUESSES].map(fitting);
  return guesses.find((guess) => matches(pattern, guess)) ?? "";
}

/** A pattern that this browser cannot read is left to the server. */
function matches(pattern, text) {
  try {
    return !pattern || new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

/** One, or what is nearest to it; between two bounds that it may not reach, the middle. */
function exampleNumber({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }) {
  const step = multipleOf ?? ([type].flat().includes("integer") ? 1 : undefined);
  const [least, most] = [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
  if (step === undefined) {
    if (least !== undefined && most !== undefined && (least >= 1 || most <= 1)) return (least + most) / 2;
    return least >= 1 ? least + 1 : most <= 1 ? most - 1 : 1;
  }
  const first = minimum ?? (exclusiveMinimum === undefined ? -Infinity : exclusiveMinimum + step);
  const last = maximum ?? (exclusiveMaximum === undefined ? Infinity : exclusiveMaximum - step);
  return Math.ceil(Math.min(Math.max(1, first), last) / step) * step;
}
