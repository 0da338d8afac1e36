// The library `ws` on Node: `node ws.js PORT`. Topics are sets of clients, as its README has them for broadcasts.

import { createServer } from "node:http";

import { WebSocket, WebSocketServer } from "ws";

import { read } from "./message.js";

const topics = new Map();
const server = createServer((_, response) => response.end("ok"));
const sockets = new WebSocketServer({ server });

sockets.on("connection", (socket, request) => {
  socket.on("error", () => {});
  const [, , kind, topic] = request.url.split("/");
  switch (kind) {
    case "echo":
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
      break;
    case "topics":
      subscribe(socket, topic);
      break;
    case "publish":
      socket.on("message", (data) => publish(read(data)));
      break;
    default:
      socket.close(1008);
  }
});

function subscribe(socket, topic) {
  const subscribers = topics.get(topic) ?? new Set();
  topics.set(topic, subscribers.add(socket));
  socket.on("close", () => {
    subscribers.delete(socket);
    if (subscribers.size === 0) topics.delete(topic);
  });
  socket.send(JSON.stringify({ subscribed: topic }));
}

function publish({ topic, message }) {
  const data = JSON.stringify(message);
  for (const socket of topics.get(topic) ?? []) {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  }
}

server.listen(Number(process.argv[2]), "127.0.0.1");
