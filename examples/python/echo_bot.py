#!/usr/bin/env python3
"""A Parlor bot that says back what it hears. Standard library only; see README.md."""

import argparse
import itertools
import json
import queue
import subprocess
import sys
import threading


class RpcError(Exception):
    """The device refused a call. `code` is the stable string of docs/rpc.md, or the JSON-RPC number."""

    def __init__(self, error):
        super().__init__(error.get("message", "unknown error"))
        data = error.get("data") or {}
        self.code = data.get("code", error.get("code"))
        self.retry = data.get("retry")


class Parlor:
    """One device: a `parlor rpc` process, its answers and its events."""

    def __init__(self, binary, profile):
        command = [binary, "rpc", "--profile", profile]
        # Apart from the terminal, so that Ctrl-C reaches the bot alone and the bot ends the device in order.
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        self.events = queue.Queue()
        self._ids = itertools.count(1)
        self._answers = {}
        self._lock = threading.Lock()
        self._gone = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        """Sorts what the device writes; runs in a thread of its own until the device ends."""
        for line in self.process.stdout:
            message = json.loads(line)
            if message.get("method") == "event":
                self.events.put(message["params"])
                continue
            with self._lock:
                waiting = self._answers.pop(message.get("id"), None)
            if waiting is not None:
                waiting.put(message)
        with self._lock:
            self._gone = True
            for waiting in self._answers.values():
                waiting.put(None)
        self.events.put(None)

    def call(self, method, **params):
        """Calls a method and returns its result."""
        waiting = queue.Queue()
        request_id = next(self._ids)
        with self._lock:
            if self._gone:
                raise EOFError("the device has ended")
            self._answers[request_id] = waiting
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = waiting.get()
        if answer is None:
            raise EOFError("the device has ended")
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def close(self):
        """Lets the device send what it has queued, and ends it. Returns its exit status."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        return self.process.wait()


class EchoBot:
    """Answers each text of somebody else once."""

    def __init__(self, parlor):
        self.parlor = parlor

    def account(self, server, name):
        """The bot's address; makes an account if the profile is empty."""
        try:
            return self.parlor.call("account.info")["address"]
        except RpcError as error:
            if error.code != "no_account":
                raise
        if server is None:
            raise SystemExit("This profile is empty: --server says where to make an account.")
        return self.parlor.call("account.create", server=server, display_name=name)["address"]

    def catch_up(self):
        """Accepts and answers what came while the bot was off."""
        after = {}
        while True:
            chats = self.parlor.call("chats.list", limit=100, **after)["chats"]
            for chat in chats:
                self.look_at(chat)
            if len(chats) < 100:
                return
            after = {"after": chats[-1]["chat_id"]}

    def look_at(self, chat):
        """Accepts a chat if it is a request, and answers what is open in it."""
        try:
            if chat["requested"]:
                self.parlor.call("chats.accept", chat_id=chat["chat_id"])
            if chat["kind"] != "self":
                self.answer_open(chat["chat_id"])
        except RpcError as error:
            # For example: the bot was removed from the chat in the meantime.
            print(f"not answered: {error} ({error.code})", file=sys.stderr)

    def answer_open(self, chat_id):
        """Answers those of the last texts that have no reply of the bot yet."""
        messages = self.parlor.call("messages.history", chat_id=chat_id, limit=100)["messages"]
        answered = {message.get("reply_to") for message in messages if message["mine"]}
        for message in messages:
            if message["message_id"] not in answered:
                self.answer(message)

    def answer(self, message):
        """Echoes a text. The reply names what it answers, so that nothing is answered twice."""
        if message["mine"] or message["kind"] != "text" or not message.get("text"):
            return
        chat_id, message_id = message["chat_id"], message["message_id"]
        self.parlor.call("messages.send", chat_id=chat_id, text=message["text"], reply_to=message_id)
        self.parlor.call("messages.mark_read", chat_id=chat_id, up_to=message_id)

    def run(self):
        """Answers until the device ends."""
        while (event := self.parlor.events.get()) is not None:
            if event["type"] == "chat.requested":
                self.look_at(event["chat"])
            elif event["type"] == "message.received" and not event["message"]["mine"]:
                chat_id = event["message"]["chat_id"]
                self.look_at({"chat_id": chat_id, "requested": False, "kind": "direct"})


def main():
    parser = argparse.ArgumentParser(description="A Parlor bot that says back what it hears.")
    parser.add_argument("--profile", required=True, help="folder of the bot's device; made if it is not there")
    parser.add_argument("--server", help="server to make an account on, if the profile is empty")
    parser.add_argument("--name", default="Echo", help="display name of a new account")
    parser.add_argument("--parlor", default="target/release/parlor", help="the parlor binary")
    arguments = parser.parse_args()

    try:
        parlor = Parlor(arguments.parlor, arguments.profile)
    except FileNotFoundError:
        raise SystemExit(f"{arguments.parlor} is not there: cargo build --release -p parlor") from None
    bot = EchoBot(parlor)
    try:
        print("Write to:", bot.account(arguments.server, arguments.name), flush=True)
        bot.catch_up()
        bot.run()
    except KeyboardInterrupt:
        pass
    except RpcError as error:
        print(f"{error} ({error.code})", file=sys.stderr)
    except (EOFError, BrokenPipeError):
        print("The device ended.", file=sys.stderr)
    finally:
        status = parlor.close()
    sys.exit(status)


if __name__ == "__main__":
    main()
