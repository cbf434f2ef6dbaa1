// The one line to the sandbox: actions go out and are answered, events come in. Knows nothing of what they mean.

const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 5000;

/** An action that the sandbox, or the Discord in it, refused; the message is meant for the reader. */
export class Refused extends Error {}

class Connection extends EventTarget {
  #socket = null;
  #person = null;
  #lastId = 0;
  #waiting = new Map();
  #retryMs = FIRST_RETRY_MS;

  /** Connects as this person, in place of whoever was connected. */
  open(person) {
    this.#person = person;
    this.#retryMs = FIRST_RETRY_MS;
    this.#connect();
  }

  /** Sends an action and waits for its answer; rejects with `Refused`. */
  act(action, parameters = {}) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) {
        reject(new Refused("The sandbox cannot be reached. Is it still running?"));
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, action, ...parameters }));
    });
  }

  /** Hands a file to the sandbox and returns the key by which an action can use it. */
  async upload(file) {
    const query = new URLSearchParams({ as: this.#person, name: file.name, type: file.type });
    let response;
    try {
      response = await fetch(`/files?${query}`, { method: "POST", body: file });
    } catch {
      throw new Refused(`${file.name} could not be uploaded: the sandbox cannot be reached.`);
    }
    const body = await response.json();
    if (!response.ok) throw new Refused(body.message);
    return body.key;
  }

  #connect() {
    this.#socket?.close();
    this.#abandon();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live?as=${encodeURIComponent(this.#person)}`);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#lost();
    });
  }

  #hear(message) {
    if (message.type === "answer") {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.refused) waiting?.reject(new Refused(message.refused));
      else waiting?.resolve(message.result);
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
    this.dispatchEvent(new CustomEvent("event", { detail: message }));
  }

  #lost() {
    this.#abandon();
    this.dispatchEvent(new Event("lost"));
    setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #abandon() {
    for (const { reject } of this.#waiting.values()) reject(new Refused("The connection to the sandbox was lost."));
    this.#waiting.clear();
  }
}

export const connection = new Connection();
