// What is published, and whether it is that.

export function read(data) {
  return checked(JSON.parse(data));
}

export function checked(published) {
  const { topic, message } = published;
  const isText = (value, longest) => typeof value === "string" && value.length > 0 && value.length <= longest;
  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
  const isRight =
    isText(topic, 40) &&
    isCount(message.number) &&
    isCount(message.sent_ns) &&
    isText(message.author, 40) &&
    isText(message.text, 2000);
  if (!isRight) throw new TypeError("not a message");
  return published;
}
