// The page of channels: what is said on them, and a way to try them.
//
// All text that comes from the document or from a channel is shown as text: nothing that is received becomes markup.
"use strict";

const settings = JSON.parse(document.getElementById("settings").textContent);
const page = document.getElementById("page");
const absolute = (url) => new URL(url, document.baseURI);

/** Markdown is shown as it is written, paragraph by paragraph. */
const paragraphs = (text) => (text ?? "").split(/\n\n+/).filter(Boolean).map((part) => element("p", {}, part));

// What the page is made of.

function header({ info }) {
  const link = (to, name) => (to ? [element("a", { href: absolute(to).href }, name)] : []);
  const links = [["docs", "Operations"], ["redoc", "Reference"], ["document", "AsyncAPI"]];
  return element(
    "header",
    {},
    element("h1", {}, info.title, " ", element("small", {}, info.version)),
    element("nav", { "aria-label": "Other pages" }, ...links.flatMap(([to, name]) => link(settings[to], name))),
    ...paragraphs(info.description),
  );
}

function contents(channels) {
  const entry = ({ key, channel }) => {
    return element("li", {}, element("a", { href: `#channel-${key}` }, channel.address), summaryOf(channel));
  };
  return element("nav", { class: "contents", "aria-label": "Channels" }, element("ul", {}, ...channels.map(entry)));
}

const summaryOf = ({ summary }) => (summary ? element("span", { class: "quiet" }, summary) : "");

function section(described) {
  const { key, channel, sides, schemas } = described;
  const marks = (channel.tags ?? []).map(({ name }) => element("span", { class: "mark" }, name));
  if (channel["x-deprecated"]) marks.push(element("span", { class: "mark bad" }, "deprecated"));
  return element(
    "section",
    { id: `channel-${key}`, "aria-labelledby": `${key}-name` },
    element("h2", { id: `${key}-name` }, element("code", {}, channel.address), ...marks),
    ...paragraphs(channel.summary),
    ...paragraphs(channel.description),
    element(
      "div",
      { class: "columns" },
      element(
        "div",
        {},
        ...messageList("Clients send", sides.receive, schemas),
        ...messageList("Clients get", sides.send, schemas),
        ...problemList(channel, schemas),
      ),
      new Trial(described).element,
    ),
  );
}

function messageList(title, messages, schemas) {
  const views = (areShared) => {
    return messages.filter(({ isShared }) => isShared === areShared).map((message) => messageView(message, schemas));
  };
  const shared = views(true);
  const frames = element("details", {}, element("summary", {}, "Frames of every channel"), ...shared);
  return [element("h3", {}, title), ...views(false), ...(shared.length ? [frames] : [])];
}

function messageView({ message }, schemas) {
  const payload = message.payload ?? {};
  const example = message.contentType ? undefined : JSON.stringify(schemas.frame(payload), null, 2);
  return element(
    "details",
    {},
    element("summary", {}, element("code", {}, message.title ?? message.name), summaryOf(message)),
    element("pre", {}, schemas.text(payload)),
    ...(example ? [element("p", { class: "quiet" }, "For example"), element("pre", {}, example)] : []),
  );
}

/** The problems that refuse the opening, or end the channel. */
function problemList(channel, schemas) {
  const problems = (channel["x-problems"] ?? []).map((problem) => schemas.flat(problem));
  const known = problems.filter(({ properties }) => properties?.status?.const);
  if (!known.length) return [];
  const row = ({ properties: { status, type }, description }) => {
    return [element("dt", {}, `${status.const} ${type.const}`), element("dd", {}, description ?? "")];
  };
  const list = element("dl", {}, ...known.flatMap(row));
  const title = element("summary", {}, `${known.length} that are known`);
  return [element("h3", {}, "Problems that refuse it, or end it"), element("details", {}, title, list)];
}

// From the document to the page.

/** The schemes that a channel asks for. */
function schemesOf(operations, schemas, document) {
  const required = operations.flatMap((operation) => operation.security ?? []).map((scheme) => schemas.resolve(scheme));
  const named = operations.flatMap((operation) => operation["x-security"] ?? []).flatMap((way) => Object.keys(way));
  return [...required, ...named.map((name) => document.components?.securitySchemes?.[name]).filter(Boolean)];
}

/** The channels with their messages: what clients send is what the app receives. */
function channelsOf(document, schemas) {
  const operations = Object.values(document.operations ?? {});
  return Object.entries(document.channels ?? {}).map(([key, channel]) => {
    const own = operations.filter((operation) => operation.channel?.$ref === `#/channels/${key}`);
    const message = (reference) => {
      const inChannel = channel.messages?.[reference.$ref.split("/").pop()];
      return { message: schemas.resolve(reference), isShared: inChannel?.$ref !== undefined };
    };
    const messages = (action) => {
      const operation = own.find((operation) => operation.action === action);
      return (operation?.messages ?? []).map(message);
    };
    return {
      key,
      channel,
      schemas,
      root: absolute(settings.root),
      schemes: schemesOf(own, schemas, document),
      sides: { receive: messages("receive"), send: messages("send") },
    };
  });
}

async function start() {
  const answer = await fetch(absolute(settings.document));
  if (!answer.ok) throw new Error(`${settings.document}: status ${answer.status}`);
  const asyncapi = await answer.json();
  const schemas = new Schemas(asyncapi);
  const channels = channelsOf(asyncapi, schemas);
  const list = channels.length > 1 ? [contents(channels)] : [];
  page.replaceChildren(header(asyncapi), ...list, element("main", {}, ...channels.map(section)));
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

start().catch((error) => {
  page.replaceChildren(element("p", { role: "alert" }, `The channels cannot be shown: ${error.message}`));
});
