#!/usr/bin/env node
// Sends each line of stdin to a Parlor chat and prints incoming messages. No dependencies; see README.md.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

/** One device: a `parlor rpc` process, its answers and its events. */
class Parlor {
  #open = new Map();
  #nextId = 1;

  constructor(binary, profile, onEvent) {
    // A process group of its own, so that Ctrl-C reaches the bridge alone and the bridge ends the device in order.
    this.process = spawn(binary, ["rpc", "--profile", profile], {
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    this.ended = new Promise((resolve) => {
      this.process.once("error", (error) => resolve({ status: 1, error }));
      this.process.once("close", (status) => resolve({ status: status ?? 1 }));
    });
    this.ended.then(({ error }) => {
      for (const { reject } of this.#open.values()) reject(error ?? new Error("the device has ended"));
      this.#open.clear();
    });
    // Writing to a device that has ended fails; `ended` tells it to whoever waits.
    this.process.stdin.on("error", () => {});
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      const message = JSON.parse(line);
      if (message.method === "event") return onEvent(message.params);
      const waiting = this.#open.get(message.id);
      this.#open.delete(message.id);
      if (message.error) waiting?.reject(refusal(message.error));
      else waiting?.resolve(message.result);
    });
  }

  /** Calls a method; the promise gives its result. */
  call(method, params = {}) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.process.exitCode !== null) return reject(new Error("the device has ended"));
      this.#open.set(id, { resolve, reject });
      this.process.stdin.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n");
    });
  }

  /** Lets the device send what it has queued, and ends it. Gives its exit status. */
  async close() {
    this.process.stdin.end();
    return (await this.ended).status;
  }
}

/** An error with the stable code of docs/rpc.md. */
function refusal(error) {
  return Object.assign(new Error(error.message), { code: error.data?.code ?? error.code });
}

async function ensureAccount(parlor, server, name) {
  try {
    return await parlor.call("account.info");
  } catch (error) {
    if (error.code !== "no_account") throw error;
    if (!server) throw new Error("This profile is empty: --server says where to make an account.");
    return parlor.call("account.create", { server, display_name: name });
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      profile: { type: "string" },
      to: { type: "string" },
      server: { type: "string" },
      name: { type: "string", default: "Bridge" },
      parlor: { type: "string", default: "target/release/parlor" },
    },
  });
  if (!values.profile || !values.to) {
    throw new Error("Usage: stdin_bridge.mjs --profile DIR --to ADDRESS [--server URL] [--name NAME] [--parlor PATH]");
  }

  let chatId;
  const early = [];
  const show = (message) => {
    if (message.chat_id !== chatId || message.mine || !message.text) return;
    console.log(`${message.sender.display_name}: ${message.text}`);
  };
  const parlor = new Parlor(values.parlor, values.profile, (event) => {
    if (event.type !== "message.received") return;
    if (chatId === undefined) early.push(event.message);
    else show(event.message);
  });

  const lines = createInterface({ input: process.stdin, terminal: false });
  process.once("SIGINT", () => lines.close());
  parlor.ended.then(() => lines.close());
  const closed = new Promise((resolve) => lines.once("close", resolve));
  // Lines that come before the chat is there wait in the pipe.
  lines.pause();

  try {
    const account = await ensureAccount(parlor, values.server, values.name);
    console.error(`This is ${account.address}`);
    chatId = (await parlor.call("chats.direct", { address: values.to })).chat_id;
    early.splice(0).forEach(show);

    let failed = 0;
    const sending = new Set();
    lines.on("line", (text) => {
      if (text.trim() === "") return;
      // Calls are carried out in the order in which they are written: no need to wait for each.
      const sent = parlor.call("messages.send", { chat_id: chatId, text }).catch((error) => {
        failed += 1;
        console.error(`not sent: ${error.message} (${error.code ?? "gone"})`);
      });
      sending.add(sent);
      sent.finally(() => sending.delete(sent));
    });
    lines.resume();
    await closed;
    await Promise.all(sending);
    if (failed > 0) process.exitCode = 1;
  } finally {
    lines.close();
    const status = await parlor.close();
    if (status !== 0) process.exitCode = status;
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
