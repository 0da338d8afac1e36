// Socket.IO on Node, over WebSocket only: `node socketio.js PORT`. Topics are rooms; `BENCH_APP=recovered` keeps what was
// sent for who comes again.

import { createServer } from "node:http";

import { Server } from "socket.io";

import { checked } from "./message.js";

const server = createServer((_, response) => response.end("ok"));
const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } };
const io = new Server(server, {
  transports: ["websocket"],
  serveClient: false,
  ...(process.env.BENCH_APP === "recovered" ? recovery : {}),
});

io.on("connection", (socket) => {
  socket.on("echo", (text) => socket.emit("echo", text));
  socket.on("subscribe", (topic, done) => {
    socket.join(topic);
    done("subscribed");
  });
  socket.on("publish", (published) => {
    const { topic, message } = checked(published);
    io.to(topic).emit("message", message);
  });
});

server.listen(Number(process.argv[2]), "127.0.0.1");
