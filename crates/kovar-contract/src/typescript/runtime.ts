// ---- What every client shares: from here on the text is the same for every app. ----

/** A value, or a function that is asked for it before every call; `undefined` means there is none. */
export type Provided<T> = T | (() => T | undefined | Promise<T | undefined>);

/** A name and a password, for a scheme of HTTP Basic. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/** What `createClient` needs to know. */
export interface ClientConfig {
  /** Where the app is, such as `https://api.example.com`; empty for the page's own origin. */
  readonly baseUrl: string;
  /** Headers of every call. */
  readonly headers?: Provided<Readonly<Record<string, string>>>;
  /** Credentials by security scheme: sent only to the operations that declare the scheme. */
  readonly auth?: Auth;
  /** What sends the request, for retries, logging and tests. Default: the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** What one call may say besides its input: whatever `fetch` takes, such as `signal`. */
export interface CallOptions extends Omit<RequestInit, "method" | "body" | "headers"> {
  /** Headers of this call; they win over all others. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that the contract declares, with a status below 400. */
export interface Success<Status extends number | string, Data> {
  readonly ok: true;
  /** The status as the contract declares it: a number, or a range such as `"2XX"`. */
  readonly status: Status;
  readonly data: Data;
  /** The response, for its headers; its body has been read. */
  readonly response: Response;
}

/** An answer that the contract declares, with a status of 400 or above. */
export interface Failure<Status extends number | string, Problem> {
  readonly ok: false;
  /** The status as the contract declares it: a number, a range such as `"5XX"`, or `"default"`. */
  readonly status: Status;
  readonly problem: Problem;
  /** The response, for its headers; its body has been read. */
  readonly response: Response;
}

/**
 * An answer that the contract does not declare: another status, another media type, or text that is
 * not the JSON it claims to be. A proxy's error page is one. The real status is `response.status`.
 */
export type Undeclared = Failure<"undeclared", UndeclaredProblem>;

/** What is known of an undeclared answer: its problem document, or one made from its status and text. */
export interface UndeclaredProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly [extension: string]: unknown;
}

/** One event of a `text/event-stream`. */
export interface ServerSentEvent<Data, Name extends string = string> {
  /** What kind of event it is. Default: `"message"`. */
  readonly event: Name;
  readonly data: Data;
  /** The last id sent: a new call with the header `Last-Event-ID` continues after it. */
  readonly id: string;
}

/** Thrown by `orThrow`: a failure, as an error. */
export class ProblemError<Problem = unknown> extends Error {
  readonly status: number;
  readonly problem: Problem;
  readonly response: Response;

  constructor(failure: Failure<number | string, Problem>) {
    const { title } = (failure.problem ?? {}) as { title?: unknown };
    super(typeof title === "string" ? title : `the answer was ${failure.response.status}`);
    this.name = "ProblemError";
    this.status = failure.response.status;
    this.problem = failure.problem;
    this.response = failure.response;
  }
}

/** The data of a call, for code that treats every failure alike: throws a `ProblemError` instead. */
export async function orThrow<Data>(
  call: Promise<Success<number | string, Data> | Failure<number | string, unknown>>,
): Promise<Data> {
  const result = await call;
  if (result.ok) return result.data;
  throw new ProblemError(result);
}

type Style = "form" | "comma" | "space" | "pipe" | "pairs" | "deepObject" | "json";
type Styles = Readonly<Record<string, Style>>;
type Encoding = "json" | "jsonl" | "form" | "multipart" | "text" | "blob";
type Decoding = "json" | "jsonl" | "events" | "textEvents" | "text" | "blob";

type Scheme =
  | { readonly kind: "authorization"; readonly prefix: string }
  | { readonly kind: "basic" }
  | { readonly kind: "header" | "query" | "cookie"; readonly name: string };

/** Where an operation is, and what its address is made of. */
export interface Route {
  readonly path: string;
  readonly styles?: { readonly path?: Styles; readonly query?: Styles; readonly headers?: Styles };
  readonly auth?: readonly (readonly string[])[];
}

interface Operation extends Route {
  readonly method: string;
  readonly body?: Readonly<Record<string, Encoding>>;
  readonly answers: Readonly<Record<string, Readonly<Record<string, Decoding>>>>;
}

type FetchBody = NonNullable<RequestInit["body"]>;

/** The parameters of a call, by their places. */
export interface ParametersByPlace {
  readonly path?: object;
  readonly query?: object;
  readonly headers?: object;
  readonly cookies?: object;
}

interface Sent extends ParametersByPlace {
  readonly body?: unknown;
  readonly contentType?: string;
}

/** A call before it has credentials. */
export interface Draft {
  readonly path: string;
  readonly query: string[];
  readonly headers: Headers;
  readonly cookies: string[];
}

/** What every method does. */
export async function call<Outcome>(
  config: ClientConfig,
  operation: Operation,
  input: Sent = {},
  options: CallOptions = {},
): Promise<Outcome> {
  const { headers: ownHeaders, ...init } = options;
  const draft = drafted(operation, input);
  const { headers } = draft;
  headers.set("accept", accepted(operation));
  const body = encodeBody(operation, input, headers);
  const url = await addressed(config, operation, draft);
  for (const [name, value] of Object.entries(ownHeaders ?? {})) headers.set(name, value);
  const send = config.fetch ?? globalThis.fetch;
  return (await readAnswer(operation, await send(url, { ...init, method: operation.method, headers, body }))) as Outcome;
}

/** Writes the parameters of a call; `live.ts` opens channels with it, too. */
export function drafted(route: Route, input: ParametersByPlace): Draft {
  const headers = new Headers();
  for (const [name, value] of Object.entries(input.headers ?? {})) {
    if (isPresent(value)) headers.set(name, joined(value, route.styles?.headers?.[name] ?? "comma", String));
  }
  return {
    path: filledPath(route, input.path ?? {}),
    query: queryPairs(input.query ?? {}, route.styles?.query ?? {}),
    headers,
    cookies: Object.entries(input.cookies ?? {}).flatMap(([name, value]) => pairs(name, value, "form")),
  };
}

/** Adds the credentials and headers that the client was given; the whole URL. */
export async function addressed(config: ClientConfig, route: Route, draft: Draft): Promise<string> {
  const { path, query, headers, cookies } = draft;
  await addCredentials(config, route, draft);
  if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
  for (const [name, value] of Object.entries((await provided(config.headers)) ?? {})) headers.set(name, value);
  const search = query.length > 0 ? `?${query.join("&")}` : "";
  return rooted(config, path + search);
}

export function rooted(config: ClientConfig, path: string): string {
  return config.baseUrl.replace(/\/$/, "") + path;
}

async function provided<T>(value: Provided<T> | undefined): Promise<T | undefined> {
  return typeof value === "function" ? await (value as () => T | undefined | Promise<T | undefined>)() : value;
}

function accepted(operation: Operation): string {
  const media = Object.values(operation.answers).flatMap((answer) => Object.keys(answer));
  return [...new Set(media)].join(", ") || "*/*";
}

/** Sends the first alternative of which every credential is there. A session's cookie the browser adds itself. */
async function addCredentials(config: ClientConfig, route: Route, draft: Draft): Promise<void> {
  const known = new Map<string, Provided<string | BasicCredentials>>(Object.entries(config.auth ?? {}));
  for (const names of route.auth ?? []) {
    const values = await Promise.all(names.map((name) => provided(known.get(name))));
    if (!values.every((value) => value !== undefined)) continue;
    names.forEach((name, index) => addCredential(securitySchemes[name], values[index], draft));
    return;
  }
}

function addCredential(
  scheme: Scheme | undefined,
  value: string | BasicCredentials | undefined,
  draft: Draft,
): void {
  if (scheme === undefined || value === undefined) return;
  if (typeof value === "object") {
    const bytes = new TextEncoder().encode(`${value.username}:${value.password}`);
    draft.headers.set("authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
  } else if (scheme.kind === "authorization") {
    draft.headers.set("authorization", `${scheme.prefix} ${value}`);
  } else if (scheme.kind === "header") {
    draft.headers.set(scheme.name, value);
  } else if (scheme.kind !== "basic") {
    const list = scheme.kind === "query" ? draft.query : draft.cookies;
    list.push(`${encodeURIComponent(scheme.name)}=${encodeURIComponent(value)}`);
  }
}

/**
 * A parameter that fills a whole segment may not be empty, `.` or `..`: the URL would name another
 * operation, and no escape keeps `fetch` from resolving it.
 */
function filledPath(route: Route, parameters: object): string {
  const values = new Map<string, unknown>(Object.entries(parameters));
  const fill = (_: string, name: string) =>
    joined(values.get(name) ?? "", route.styles?.path?.[name] ?? "comma", encodeURIComponent);
  const segments = route.path.split("/").map((segment) => {
    const filled = segment.replace(/\{([^}]*)\}/g, fill);
    if (filled !== segment && ["", ".", ".."].includes(filled)) {
      throw new TypeError(`"${filled}" cannot stand for ${segment} in ${route.path}`);
    }
    return filled;
  });
  return segments.join("/");
}

function queryPairs(parameters: object, styles: Styles): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => pairs(name, value, styles[name] ?? "form"));
}

function pairs(name: string, value: unknown, style: Style): string[] {
  if (!isPresent(value)) return [];
  const pair = (text: string) => [`${encodeURIComponent(name)}=${text}`];
  if (style === "deepObject") return deepPairs(name, value);
  if (style !== "form" || typeof value !== "object") return pair(joined(value, style, encodeURIComponent));
  if (Array.isArray(value)) return value.flatMap((item: unknown) => pairs(name, item, "comma"));
  return Object.entries(value).flatMap(([key, item]) => pairs(key, item, "comma"));
}

function deepPairs(name: string, value: unknown): string[] {
  if (!isPresent(value)) return [];
  if (typeof value !== "object") return pairs(name, value, "form");
  if (Array.isArray(value)) return value.flatMap((item: unknown) => deepPairs(name, item));
  return Object.entries(value).flatMap(([key, item]) => deepPairs(`${name}[${key}]`, item));
}

const separators: Readonly<Record<Style, string>> = {
  form: ",",
  comma: ",",
  space: "%20",
  pipe: "|",
  pairs: ",",
  deepObject: ",",
  json: "",
};

function joined(value: unknown, style: Style, encode: (text: string) => string): string {
  if (style === "json") return encode(JSON.stringify(value));
  if (typeof value !== "object" || value === null) return encode(String(value));
  const items = Array.isArray(value)
    ? value.filter(isPresent).map((item) => encode(String(item)))
    : Object.entries(value)
        .filter(([, item]) => isPresent(item))
        .map(([key, item]) => encode(key) + (style === "pairs" ? "=" : ",") + encode(String(item)));
  return items.join(separators[style]);
}

function isPresent(value: unknown): value is NonNullable<unknown> {
  return value !== undefined && value !== null;
}

function encodeBody(operation: Operation, input: Sent, headers: Headers): FetchBody | null {
  const [first] = Object.keys(operation.body ?? {});
  const mediaType = input.contentType ?? first;
  if (input.body === undefined || mediaType === undefined) return null;
  const encoding = operation.body?.[mediaType] ?? "json";
  // The boundary of a multipart body is `fetch`'s to choose, and so is the header that names it.
  if (encoding !== "multipart" && !mediaType.includes("*")) headers.set("content-type", mediaType);
  switch (encoding) {
    case "json":
      return JSON.stringify(input.body);
    case "jsonl":
      return Array.from(input.body as Iterable<unknown>, (line) => `${JSON.stringify(line)}\n`).join("");
    case "form":
      return Object.entries(input.body as object).flatMap(([name, value]) => formPairs(name, value)).join("&");
    case "multipart":
      return formData(input.body as object);
    case "text":
    case "blob":
      return input.body as FetchBody;
  }
}

function formPairs(name: string, value: unknown): string[] {
  const isObject = typeof value === "object" && !Array.isArray(value);
  return pairs(name, value, isObject ? "json" : "form");
}

function formData(fields: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    for (const item of values.filter(isPresent)) {
      if (item instanceof Blob) form.append(name, item);
      else if (typeof item !== "object") form.append(name, String(item));
      else form.append(name, new Blob([JSON.stringify(item)], { type: "application/json" }));
    }
  }
  return form;
}

async function readAnswer(operation: Operation, response: Response): Promise<unknown> {
  const { answers } = operation;
  const keys = [`${response.status}`, `${Math.floor(response.status / 100)}XX`, "default"];
  const key = keys.find((candidate) => answers[candidate] !== undefined);
  const answer = key === undefined ? undefined : answers[key];
  if (key === undefined || answer === undefined) return undeclared(response);
  const status = /^\d+$/.test(key) ? response.status : key;
  if (Object.keys(answer).length === 0) {
    await response.body?.cancel();
    return outcome(status, undefined, response);
  }
  const decoding = decodingOf(answer, mediaTypeOf(response));
  if (decoding === undefined) return undeclared(response);
  if (decoding !== "json") return outcome(status, await decode(decoding, response), response);
  const text = await response.text();
  const parsed = parseJson(text);
  return parsed === undefined ? undeclared(response, text) : outcome(status, parsed.value, response);
}

function outcome(status: number | string, content: unknown, response: Response): unknown {
  return response.status < 400 && status !== "default"
    ? { ok: true, status, data: content, response }
    : { ok: false, status, problem: content, response };
}

function mediaTypeOf(response: Response): string {
  const [mediaType = ""] = (response.headers.get("content-type") ?? "").split(";");
  return mediaType.trim().toLowerCase();
}

function decodingOf(answer: Readonly<Record<string, Decoding>>, mediaType: string): Decoding | undefined {
  return answer[mediaType] ?? answer[mediaType.replace(/\/.*/, "/*")] ?? answer["*/*"];
}

async function decode(decoding: Exclude<Decoding, "json">, response: Response): Promise<unknown> {
  switch (decoding) {
    case "text":
      return response.text();
    case "blob":
      return response.blob();
    case "jsonl":
      return jsonLines(response);
    case "events":
      return serverSentEvents(response, (data) => JSON.parse(data));
    case "textEvents":
      return serverSentEvents(response, (data) => data);
  }
}

export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Reads only what is text and ends; any other body is left on the response for the caller. */
async function undeclared(response: Response, text?: string): Promise<Undeclared> {
  const mediaType = mediaTypeOf(response);
  const isText = /^text\/(?!event-stream)|[/+](json|xml)$/.test(mediaType);
  const detail = text ?? (isText ? await response.text() : "");
  const sent = mediaType === "application/problem+json" ? parseJson(detail)?.value : undefined;
  const title = response.statusText || `HTTP status ${response.status}`;
  const known = { type: "about:blank", title, status: response.status };
  const isProblem = typeof sent === "object" && sent !== null && !Array.isArray(sent);
  const excerpt = detail === "" ? {} : { detail: detail.slice(0, 1000) };
  const problem = isProblem ? { ...known, ...sent } : { ...known, ...excerpt };
  return { ok: false, status: "undeclared", problem, response };
}

async function* jsonLines(response: Response): AsyncGenerator<unknown, void> {
  for await (const line of lines(response, { unfinished: true })) {
    if (line.trim() !== "") yield JSON.parse(line);
  }
}

/** Reads a stream as the HTML standard says, §9.2.6: an event that no blank line ends is dropped. */
async function* serverSentEvents(
  response: Response,
  parse: (data: string) => unknown,
): AsyncGenerator<ServerSentEvent<unknown>, void> {
  let id = "";
  let event = "";
  let data: string[] = [];
  for await (const line of lines(response, { unfinished: false })) {
    if (line === "") {
      if (data.length > 0) yield { event: event || "message", data: parse(data.join("\n")), id };
      event = "";
      data = [];
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }
}

/** Lines ended by LF, CR or CRLF, also where a chunk ends between the two. */
async function* lines(response: Response, last: { unfinished: boolean }): AsyncGenerator<string, void> {
  let pending = "";
  let afterReturn = false;
  for await (const chunk of textChunks(response)) {
    if (chunk === "") continue;
    const pieces = (afterReturn && chunk.startsWith("\n") ? chunk.slice(1) : chunk).split(/\r\n|\n|\r/);
    afterReturn = chunk.endsWith("\r");
    for (const piece of pieces.slice(0, -1)) {
      yield pending + piece;
      pending = "";
    }
    pending += pieces.at(-1) ?? "";
  }
  if (last.unfinished && pending !== "") yield pending;
}

/** Leaving the loop early cancels the body, which closes the connection. */
async function* textChunks(response: Response): AsyncGenerator<string, void> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      yield decoder.decode(read.value, { stream: true });
    }
  } finally {
    // A body that failed cannot be cancelled, and its own error is already on its way.
    await reader.cancel().catch(() => undefined);
  }
}
