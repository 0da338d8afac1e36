"""FastAPI with the library `websockets`: topics are lists of connections, as its documentation has them."""

from typing import Annotated

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

app = FastAPI()


class Message(BaseModel):
    number: Annotated[int, Field(ge=0)]
    sent_ns: Annotated[int, Field(ge=0)]
    author: Annotated[str, Field(min_length=1, max_length=40)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Published(BaseModel):
    topic: Annotated[str, Field(min_length=1, max_length=40)]
    message: Message


class Topics:
    def __init__(self) -> None:
        self.subscribers: dict[str, set[WebSocket]] = {}

    def add(self, topic: str, socket: WebSocket) -> None:
        self.subscribers.setdefault(topic, set()).add(socket)

    def remove(self, topic: str, socket: WebSocket) -> None:
        subscribers = self.subscribers.get(topic, set())
        subscribers.discard(socket)
        if not subscribers:
            self.subscribers.pop(topic, None)

    async def publish(self, published: Published) -> None:
        text = published.message.model_dump_json()
        for socket in list(self.subscribers.get(published.topic, ())):
            try:
                await socket.send_text(text)
            except (RuntimeError, WebSocketDisconnect):
                self.remove(published.topic, socket)


topics = Topics()


@app.get("/hello")
async def hello() -> str:
    return "ok"


@app.websocket("/live/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        pass


@app.websocket("/live/topics/{topic}")
async def subscribe(socket: WebSocket, topic: str) -> None:
    await socket.accept()
    topics.add(topic, socket)
    try:
        await socket.send_json({"subscribed": topic}, mode="text")
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        topics.remove(topic, socket)


@app.websocket("/live/publish")
async def publish(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await topics.publish(Published.model_validate_json(await socket.receive_text()))
    except WebSocketDisconnect:
        pass
