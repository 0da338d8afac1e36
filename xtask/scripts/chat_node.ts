// Runs the cases of the chat's client in Node.
// Prints `ok NAME` or `not ok NAME: REASON` for each case; exits with 1 when one failed.
//
// Usage: node --experimental-websocket chat_node.js CHAT_BINARY

import { runCases } from "./chat_cases.js";
import { ChatServer } from "./chat_server.js";

const [binary = ""] = process.argv.slice(2);
const server = await ChatServer.start(binary);
try {
  await runCases({ baseUrl: server.baseUrl, obey: (order) => server.obey(order) }, (line) => {
    console.log(line.replace(/^(not )?ok /, "$&chat in Node: "));
    if (line.startsWith("not")) process.exitCode = 1;
  });
} finally {
  await server.close();
}
