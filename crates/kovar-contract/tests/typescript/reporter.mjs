// One line for each test.

export default async function* reporter(events) {
  for await (const { type, data } of events) {
    if (type === "test:pass") yield `ok ${data.name}\n`;
    if (type === "test:fail") yield `not ok ${data.name}: ${reason(data.details.error).replaceAll(/\s+/g, " ")}\n`;
  }
}

function reason({ cause, message }) {
  return cause?.stack ?? cause?.message ?? message;
}
