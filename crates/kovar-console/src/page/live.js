// The console's channels: what is open and busy, and the button that closes a connection.
//
// Read before console.js, whose functions it uses once something has come.
"use strict";

function size(value) {
  if (value < 1024) return `${value} B`;
  return value < 2 ** 20 ? `${decimal(value / 1024)} KiB` : bytes(value);
}

/** When the server looked, by its own clock. */
let lookedAt = 0;

/** Makes the tables when there is something to show in them. */
const liveTables = (() => {
  let made = null;
  return () => (made ??= { connections: connectionsTable(), topics: topicsTable() });
})();

function connectionsTable() {
  return sortable("live-connections", {
    key: (connection) => connection.id,
    rank: (connection, by) => (by === "age" ? -connection.since : connection[by]),
    make(connection) {
      const name = element("th", { role: "rowheader", scope: "row" }, element("span", { class: "id" }, connection.id));
      name.append(element("span", { class: "route" }, connection.channel));
      const button = element("button", { type: "button", class: "act", "aria-label": `Disconnect ${connection.id}` }, "Disconnect");
      button.dataset.id = connection.id;
      const cells = [connection.caller ?? NONE, connection.transport, "", "", "", ""].map((text) => cell(text));
      cells[2].title = `since ${new Date(connection.since).toLocaleString()}`;
      return element("tr", { role: "row" }, name, ...cells, element("td", { role: "cell" }, button));
    },
    update(row, connection) {
      setCell(row, 3, span(Math.max(0, (lookedAt - connection.since) / 1000)));
      setCell(row, 4, size(connection.sent_bytes));
      setCell(row, 5, size(connection.queued_bytes), connection.queued_bytes ? "warn" : null);
      setCell(row, 6, number(connection.topics));
    },
  });
}

function topicsTable() {
  return sortable("live-topics", {
    key: (topic) => topic.name,
    rank: (topic, by) => topic[by],
    make(topic) {
      const name = element("th", { role: "rowheader", scope: "row" }, topic.name);
      return element("tr", { role: "row" }, name, cell(""), cell(""), cell(""));
    },
    update(row, topic) {
      setCell(row, 1, decimal(topic.per_second));
      setCell(row, 2, number(topic.subscribers));
      setCell(row, 3, number(topic.kept));
    },
  });
}

function showLive({ live, at }) {
  lookedAt = at;
  document.getElementById("live").hidden = live === null;
  if (live === null) return;
  show("live-open", number(live.web_sockets + live.event_streams + live.fetched));
  show("live-web-sockets", number(live.web_sockets));
  show("live-event-streams", number(live.event_streams));
  show("live-fetched", number(live.fetched));
  show("live-slow", number(live.slow));
  show("live-queued", size(live.queued_bytes));
  show("live-topics", number(live.topics));
  show("live-subscriptions", number(live.subscriptions));
  show("live-per-second", decimal(live.per_second));
  show("live-counted", counted(live.counted));
  showLiveTable("connection", live.connections, live.connections_left_out, "with fewer bytes that wait");
  showLiveTable("topic", live.busiest, live.topics_left_out, "with fewer messages");
}

function showLiveTable(one, rows, leftOut, which) {
  liveTables()[`${one}s`](rows);
  document.getElementById(`live-${one}s`).hidden = !rows.length;
  show(`live-no-${one}s`, leftOut ? `${plural(leftOut, `more ${one}`)} ${which} not shown.` : `No ${one} is open.`);
  showIf(`live-no-${one}s`, leftOut || !rows.length);
}

function counted({ published, delivered, dropped, slow, silent, disconnected, refused }) {
  const messages = `messages: ${number(published)} published, ${number(delivered)} delivered, ${number(dropped)} dropped`;
  const closed = `closed: ${number(slow)} slow, ${number(silent)} silent, ${number(disconnected)} by hand`;
  return `Since the start: ${messages}; connections ${closed}; ${number(refused)} refused.`;
}

/** Rows move as numbers change, so the question says which connection it is. */
async function disconnect(button) {
  const { id } = button.dataset;
  if (!confirm(`Disconnect ${id}? Its client is told not to come again.`)) return;
  button.disabled = true;
  const said = await disconnected(id).catch(() => "the app does not answer");
  button.disabled = said === null;
  show("live-said", said === null ? `${id} was disconnected.` : `${id} was not disconnected: ${said}.`);
}

/** Why a connection was not disconnected; `null` if it was. */
async function disconnected(id) {
  const answer = await fetch(`/console/connections/${encodeURIComponent(id)}/disconnect`, { method: "POST" });
  return answer.ok ? null : (await answer.text()).trim();
}

document.getElementById("live-connections").addEventListener("click", (event) => {
  const button = event.target.closest("button.act");
  if (button) disconnect(button);
});
