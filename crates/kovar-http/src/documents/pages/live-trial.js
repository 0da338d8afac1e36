// Trying a channel: a form that opens it, and what is said on it.
"use strict";

/** How many frames a channel shows; older ones go. */
const MOST_FRAMES = 500;

/** How many bytes of a message that is no text are shown. */
const MOST_BYTES = 64;

/** Why a connection is closed: `docs/src/live-protocol.md`. */
const CODES = {
  1000: "the channel's function has returned",
  1001: "the server ends",
  1002: "the protocol of WebSocket was broken",
  1003: "bytes were sent where JSON is spoken",
  1005: "no code was given",
  1006: "the connection was lost",
  1007: "a text was no UTF-8",
  1008: "a rule of the channel was broken",
  1009: "a message was longer than the limit",
  1011: "the channel's function has panicked",
  4001: "this page read too slowly",
  4002: "a heartbeat was not answered",
  4003: "somebody has closed the connection by hand",
};

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== ""));
  return made;
}

/** A form that opens a channel, and what is said on it. */
class Trial {
  #channel;
  #schemas;
  /** What the addresses of channels are below. */
  #root;
  #messages;
  #fields = [];
  #socket;
  /** Whether it is this page that closes the connection. */
  #isLeaving = false;
  /** Whether what is written stands for bytes. */
  #isBinary = false;
  /** The number of the last message that wants an answer. */
  #lastId = 0;
  /** Where this page is in each topic. */
  #positions = {};

  constructor({ key, channel, sides, schemas, schemes, root }) {
    this.#channel = channel;
    this.#schemas = schemas;
    this.#root = root;
    this.#messages = sides.receive;
    this.#fields = [...this.#pathFields(key), ...this.#queryFields(key), ...credentialFields(key, schemes, schemas)];
    this.status = element("p", { class: "status", role: "status" }, "Not connected");
    this.connect = element("button", { type: "submit" }, "Connect");
    this.frames = element("ol");
    const name = `Frames of ${channel.address}`;
    this.scroll = element("div", { class: "frames", role: "log", tabindex: 0, "aria-label": name }, this.frames);
    this.element = element(
      "div",
      { class: "trial", "data-state": "closed" },
      element("h3", {}, "Try it"),
      this.#opening(notes(channel, schemes, schemas)),
      this.#sending(key),
      this.#log(),
    );
  }

  get #isFramed() {
    return this.#messages.some(({ isShared }) => isShared);
  }

  #pathFields(key) {
    return Object.entries(this.#channel.parameters ?? {}).map(([name, parameter]) => {
      const found = this.#schemas.resolve(parameter);
      const { description, examples, enum: values } = found;
      const schema = { description, examples, enum: values, ...found["x-schema"] };
      return new Field(`${key}-path-${name}`, name, "path", schema, true, this.#schemas);
    });
  }

  #queryFields(key) {
    const { properties = {}, required = [] } = this.#schemas.flat(this.#channel.bindings?.ws?.query ?? {});
    return Object.entries(properties).map(([name, schema]) => {
      return new Field(`${key}-query-${name}`, name, "query", schema, required.includes(name), this.#schemas);
    });
  }

  #opening(notes) {
    const actions = element("div", { class: "actions" }, this.connect, this.status);
    const form = element("form", {}, ...this.#fields.map((field) => field.element), ...notes, actions);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#socket) this.#leave();
      else this.#open();
    });
    return form;
  }

  #sending(key) {
    const option = ({ message }, index) => element("option", { value: index }, message.title ?? message.name);
    const choice = element("select", { id: `${key}-message` }, ...this.#messages.map(option));
    this.text = element("textarea", { id: `${key}-text`, spellcheck: "false", autocomplete: "off" });
    this.send = element("button", { type: "submit", disabled: true }, "Send");
    const label = element("label", { for: this.text.id });
    const prefill = () => {
      const chosen = this.#messages[choice.value];
      this.#isBinary = chosen.message.contentType === "application/octet-stream";
      label.textContent = this.#isFramed ? "Frame, as it is sent" : this.#isBinary ? "Bytes, in hexadecimal" : "Text";
      this.#write(this.#example(chosen));
    };
    choice.addEventListener("change", prefill);
    if (this.#messages.length) prefill();
    const form = element(
      "form",
      {},
      element("label", { for: choice.id }, "Message"),
      choice,
      label,
      this.text,
      element("div", { class: "actions" }, this.send),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#isBinary) this.#sayBytes(this.text.value);
      else this.#say(this.text.value);
      this.#renumber();
    });
    return form;
  }

  /** A frame with a number, if it may have one, so that the message is answered. */
  #example({ message, isShared }) {
    if (message.contentType) return this.#isBinary ? "6b 6f 76 61 72" : "text";
    const frame = this.#schemas.frame(message.payload);
    return JSON.stringify(isShared ? frame : { ...frame, id: this.#lastId + 1 }, null, 2);
  }

  #write(text) {
    this.text.value = text;
    this.text.rows = Math.min(20, Math.max(4, text.split("\n").length));
  }

  /** The next message has the next number. */
  #renumber() {
    try {
      const frame = JSON.parse(this.text.value);
      if (!Number.isInteger(frame.id)) return;
      this.#lastId = Math.max(this.#lastId, frame.id);
      this.#write(JSON.stringify({ ...frame, id: this.#lastId + 1 }, null, 2));
    } catch {
      // What is no JSON stays as it is.
    }
  }

  #log() {
    const clear = element("button", { type: "button", class: "plain" }, "Clear");
    clear.addEventListener("click", () => this.frames.replaceChildren());
    return element("div", {}, element("div", { class: "actions" }, element("h3", {}, "Frames"), clear), this.scroll);
  }

  #url() {
    const address = this.#channel.address.replace(/\{([^}]*)\}/g, (whole, name) => {
      const field = this.#fields.find((field) => field.place === "path" && field.name === name);
      return field ? encodeURIComponent(field.value) : whole;
    });
    const url = new URL(`./${address.replace(/^\//, "")}`, this.#root);
    for (const field of this.#fields.filter(({ place }) => place === "query")) field.addTo(url.searchParams);
    return url;
  }

  #open() {
    const url = this.#url();
    const asked = url.href;
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.#show("connecting", "Connecting");
    this.#add("note", `opening ${url.pathname}${url.search}`);
    const socket = new WebSocket(url, this.#isFramed ? ["kovar.json"] : []);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#isLeaving = false;
    let wasOpen = false;
    socket.addEventListener("open", () => {
      wasOpen = true;
      this.#show("open", "Connected");
    });
    socket.addEventListener("message", ({ data }) => this.#came(data));
    socket.addEventListener("close", (event) => {
      this.#socket = undefined;
      this.#show("closed", wasOpen ? `Closed: ${event.code}` : "Not connected");
      if (wasOpen) this.#wasClosed(event);
      else if (!this.#isLeaving) this.#explain(asked);
    });
  }

  #leave() {
    this.#isLeaving = true;
    this.#socket.close(1000);
  }

  #wasClosed({ code, reason }) {
    const meaning = this.#isLeaving && code === 1000 ? "by this page" : meaningOf(code);
    this.#add(code <= 1001 ? "note" : "bad", [`closed: ${code}`, meaning, reason].filter(Boolean).join(", "));
    this.#remember();
  }

  /** A browser does not say why a channel was refused: whoever asks without WebSocket is told. */
  async #explain(url) {
    try {
      const answer = await fetch(url, { headers: { accept: "application/problem+json" } });
      const reason = answer.status === 426 ? "for a reason that only WebSocket meets" : await answer.text();
      this.#add("bad", `not opened: ${answer.status === 426 ? reason : `${answer.status} ${reason}`}`);
    } catch {
      this.#add("bad", "not opened: the server cannot be reached");
    }
  }

  #came(data) {
    if (typeof data !== "string") return this.#add("received", saidBytes(new Uint8Array(data)));
    this.#add("received", data);
    if (!this.#isFramed) return undefined;
    const frame = parsed(data);
    if (frame?.ping === true) this.#say('{"pong":true}');
    if (typeof frame?.topic === "string" && Number.isInteger(frame.offset)) {
      const [epoch] = this.#positions[frame.topic] ?? [];
      this.#positions[frame.topic] = [frame.epoch ?? epoch, frame.offset];
    }
    if (frame?.ended === true) delete this.#positions[frame.topic];
    return undefined;
  }

  /** Whoever says where it was gets what it missed. */
  #remember() {
    const field = this.#fields.find(({ place, name }) => place === "query" && name === "at");
    if (!this.#isFramed || !field || !Object.keys(this.#positions).length) return;
    const bytes = new TextEncoder().encode(JSON.stringify(this.#positions));
    field.value = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    this.#add("note", "`at` says now where this page was: connect again, and get what it missed");
  }

  #say(text) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(text);
    this.#add("sent", text);
  }

  #sayBytes(text) {
    const digits = text.replace(/\s+/g, "");
    if (!/^([0-9a-f]{2})*$/i.test(digits)) return this.#add("bad", "not sent: bytes are pairs of hexadecimal digits");
    if (this.#socket?.readyState !== WebSocket.OPEN) return undefined;
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    this.#socket.send(bytes);
    return this.#add("sent", saidBytes(bytes));
  }

  #show(state, text) {
    this.element.dataset.state = state;
    this.status.textContent = text;
    this.connect.textContent = state === "closed" ? "Connect" : "Disconnect";
    this.send.disabled = state !== "open";
  }

  #add(way, text) {
    const now = new Date();
    const row = element(
      "li",
      { "data-way": way },
      element("time", { datetime: now.toISOString() }, clock(now)),
      element("span", { class: "way" }, { sent: "sent", received: "received" }[way] ?? ""),
      element("span", { class: "said" }, text),
    );
    const isAtEnd = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 40;
    this.frames.append(row);
    while (this.frames.children.length > MOST_FRAMES) this.frames.firstChild.remove();
    if (isAtEnd) this.scroll.scrollTop = this.scroll.scrollHeight;
  }
}

/** A parameter, with a place to write it. */
class Field {
  #input;
  #schema;

  constructor(id, name, place, schema, isRequired, schemas) {
    this.name = name;
    this.place = place;
    this.#schema = schemas.flat(schema);
    const values = this.#schema.type === "boolean" ? [true, false] : this.#schema.enum;
    const written = { id, required: isRequired, autocomplete: "off", spellcheck: "false" };
    this.#input = values ? this.#choice(id, values, isRequired) : element("input", written);
    this.#input.setAttribute("aria-describedby", `${id}-about`);
    const example = isRequired ? schemas.example(schema) : undefined;
    if (example !== undefined && typeof example !== "object") this.#input.value = String(example);
    const { description, ...rules } = this.#schema;
    this.element = element(
      "div",
      { class: "field" },
      element("label", { for: id }, element("code", {}, name), ` ${place}${isRequired ? "" : ", may be left out"}`),
      this.#input,
      element("p", { class: "quiet", id: `${id}-about` }, [description, schemas.text(rules)].filter(Boolean).join(" ")),
    );
  }

  #choice(id, values, isRequired) {
    const options = [...(isRequired ? [] : [""]), ...values.map(String)];
    return element("select", { id }, ...options.map((value) => element("option", { value }, value)));
  }

  get value() {
    return this.#input.value;
  }

  set value(value) {
    this.#input.value = value;
  }

  /** A list is written with commas here, and one by one in the query, if it is not with commas there. */
  addTo(query) {
    if (this.value === "") return;
    const isList = [this.#schema.type].flat().includes("array") && !this.#schema["x-comma-separated"];
    for (const value of isList ? this.value.split(",") : [this.value]) query.append(this.name, value.trim());
  }
}

/** Of credentials, a page can write those of the query. */
function credentialFields(key, schemes, schemas) {
  const inQuery = schemes.filter(({ type, in: place }) => type === "httpApiKey" && place === "query");
  const names = [...new Set(inQuery.map(({ name }) => name))];
  const schema = { type: "string", description: "A credential." };
  return names.map((name) => new Field(`${key}-key-${name}`, name, "query", schema, false, schemas));
}

/** What a page cannot do. */
function notes(channel, schemes, schemas) {
  const { properties = {} } = schemas.flat(channel.bindings?.ws?.headers ?? {});
  const fields = Object.keys(properties).filter((name) => !["Sec-WebSocket-Protocol", "Cookie"].includes(name));
  const inHeader = schemes.filter(({ type, in: place }) => type !== "httpApiKey" || place === "header");
  const said = [];
  if (fields.length) said.push(`A page cannot send header fields to a channel: ${fields.join(", ")}.`);
  if (inHeader.length) said.push("A page cannot send credentials in a header field to a channel; cookies come along.");
  return said.map((text) => element("p", { class: "quiet" }, text));
}

function meaningOf(code) {
  return code >= 4400 && code < 4600 ? `the function ended with a problem of status ${code - 4000}` : CODES[code];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function saidBytes(bytes) {
  const shown = Array.from(bytes.slice(0, MOST_BYTES), (byte) => byte.toString(16).padStart(2, "0"));
  return `${bytes.length} bytes: ${shown.join(" ")}${bytes.length > MOST_BYTES ? " …" : ""}`;
}

function clock(date) {
  const seconds = date.toLocaleTimeString("en", { hourCycle: "h23" });
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
