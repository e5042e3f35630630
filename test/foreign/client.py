"""A client in another language, which uses nothing but what docs/PROTOCOL.md says: python test/foreign/client.py http://127.0.0.1:3000

Needs python-socketio and aiohttp. Exits non-zero when the server does not keep to the protocol.
"""

import asyncio
import sys
import uuid

import socketio

URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:3000"
passed = 0


def check(condition, guarantee):
    global passed
    if not condition:
        print(f"FAILED: {guarantee}")
        sys.exit(1)
    passed += 1
    print(f"  ok  {guarantee}")


class Person:
    def __init__(self):
        self.socket = socketio.AsyncClient(reconnection=False)
        self.frames = []
        self.refused = None
        self.socket.on("*", lambda event, data: self.frames.append((event, data)))
        self.socket.on("connect_error", self.on_refused)

    async def on_refused(self, data):
        self.refused = data

    async def connect(self, **auth):
        await self.socket.connect(URL, auth=auth, transports=["websocket"])
        await self.wait(lambda: self.frames)
        return self

    async def wait(self, condition, seconds=10):
        for _ in range(seconds * 100):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise TimeoutError(f"waited for {condition}, have {self.frames}")

    async def call(self, name, data):
        return await self.socket.call(name, data, timeout=20)

    def inbox(self):
        return [event for kind, data in self.frames if kind == "inbox" for event in data["events"]]


async def register(name):
    guest = await Person().connect()
    answer = await guest.call("accounts.register", {
        "username": "py_" + uuid.uuid4().hex[:20], "password": "correct horse", "fullName": name,
    })
    await guest.socket.disconnect()
    check(answer["ok"], f"{name} registers over a guest's socket")
    return answer["data"]["tokens"]["accessToken"]


async def main():
    seller_token, buyer_token = await register("Seller"), await register("Buyer")
    seller, buyer = await Person().connect(token=seller_token), await Person().connect(token=buyer_token)
    event, ready = buyer.frames[0]
    check(event == "ready" and ready["protocol"] == 1, "ready is the first frame")
    me = await buyer.call("users.me", {})
    check(ready["user"]["id"] == me["data"]["id"], "ready says who is signed in")
    check({"epoch", "head", "recovered", "snapshotRequired"} <= ready["inbox"].keys(), "ready carries the inbox cursor")

    categories = await buyer.call("categories.list", {})
    check(categories["ok"] and categories["data"]["items"], "categories are seeded")
    listing = await seller.call("listings.create", {
        "title": "Python in a nutshell", "description": "Second hand", "categoryId": categories["data"]["items"][0]["id"],
        "priceMinor": 1500, "currency": "USD", "condition": "good", "quantity": 1,
        "location": {"lat": -1.2921, "lon": 36.8219},
    })
    check(listing["ok"], "the seller posts a listing with a location")
    near = {"lat": -1.3, "lon": 36.8, "radiusKm": 10}
    found = await buyer.call("listings.search", {"q": "nutshell", "near": near})
    check(any(item["id"] == listing["data"]["id"] for item in found["data"]["items"]), "the buyer finds it by text and radius")

    opened = await buyer.call("conversations.open", {"listingId": listing["data"]["id"]})
    conversation = opened["data"]["id"]
    key = str(uuid.uuid4())
    message = {"conversationId": conversation, "kind": "text", "text": "Is it still there?", "idempotencyKey": key}
    first, again = await buyer.call("messages.send", message), await buyer.call("messages.send", message)
    check(first["ok"] and first["data"]["id"] == again["data"]["id"], "a repeated idempotency key answers the same message")
    await seller.wait(lambda: any(event["type"].startswith("message.") for event in seller.inbox()))
    numbers = [event["seq"] for event in seller.inbox()]
    check(numbers == list(range(1, len(numbers) + 1)), "inbox events are numbered from 1 without a gap")

    for name, data, code in [
        ("nothing.here", {}, "command.unknown"),
        ("messages.send", {"conversationId": conversation, "kind": "text"}, "input.invalid"),
        ("messages.send", "not an object", "frame.malformed"),
        ("messages.send", {**message, "text": "another"}, "idempotency.key_reused"),
        ("conversations.get", {"conversationId": str(uuid.uuid4())}, "conversations.not_found"),
    ]:
        answer = await buyer.call(name, data)
        check(not answer["ok"] and answer["error"]["code"] == code and answer["error"]["requestId"], f"{name} answers {code}")
    check(buyer.socket.connected, "the socket stays open after errors")

    cursor = {"epoch": seller.frames[0][1]["inbox"]["epoch"], "seq": numbers[-1]}
    await seller.socket.disconnect()
    for text in ("one", "two", "three"):
        await buyer.call("messages.send", {"conversationId": conversation, "kind": "text", "text": text})
    back = await Person().connect(token=seller_token, inbox=cursor)
    check(back.frames[0][1]["inbox"]["recovered"], "a returning client with a cursor is recovered")
    await back.wait(lambda: len(back.inbox()) >= 3)
    missed = [event["seq"] for event in back.inbox()]
    check(missed == list(range(cursor["seq"] + 1, cursor["seq"] + 1 + len(missed))), "and gets exactly what it missed, in order")

    forged = Person()
    try:
        await forged.connect(token="forged")
    except socketio.exceptions.ConnectionError:
        pass
    await forged.wait(lambda: forged.refused is not None)
    check(forged.refused["data"]["code"] == "auth.invalid", "a forged token is refused with its code")

    for person in (buyer, back):
        await person.socket.disconnect()
    print(f"{passed} passed, 0 failed")


asyncio.run(main())
