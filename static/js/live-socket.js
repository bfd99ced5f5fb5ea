/** A socket that comes back: jittered back-off, heartbeats, and silence while the browser is offline. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 30_000;
// The server said no: asking again would get the same answer.
const FINAL_CODES = new Set([4400, 4401, 4403]);
const TOO_FAST = 4429;

export class LiveSocket {
  #socket = null;
  #attempts = 0;
  #heartbeat = null;
  #retry = null;
  #heardAt = 0;

  /** `url` may be a function, asked anew at each connection; `onState` hears "live", "waiting" or "closed". */
  constructor({ url, onFrame, onState = () => {} }) {
    this.url = url;
    this.onFrame = onFrame;
    this.onState = onState;
    addEventListener("online", () => this.#connectSoon(0));
    addEventListener("pagehide", () => this.#socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.#connectSoon(0));
    this.#connect();
  }

  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #address() {
    const path = typeof this.url === "function" ? this.url() : this.url;
    const address = new URL(path, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    return address;
  }

  #connect() {
    clearTimeout(this.#retry);
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(this.#address());
    this.#socket = socket;
    socket.onopen = () => {
      this.#heardAt = Date.now();
      this.onState("live");
    };
    socket.onmessage = (message) => this.#hear(JSON.parse(message.data));
    socket.onclose = (event) => this.#closed(socket, event);
  }

  #hear(frame) {
    this.#heardAt = Date.now();
    // Only what the server says proves that the connection works, so only this ends the back-off.
    this.#attempts = 0;
    if (frame.type === "hello" && frame.heartbeat_interval) this.#beat(frame.heartbeat_interval * 1000);
    this.onFrame(frame, this);
  }

  #beat(interval) {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (Date.now() - this.#heardAt > 2.5 * interval) this.#socket?.close();
      else this.send({ type: "heartbeat" });
    }, interval);
  }

  #closed(socket, event) {
    if (socket !== this.#socket) return;
    clearInterval(this.#heartbeat);
    if (FINAL_CODES.has(event.code)) return this.onState("closed");
    this.onState("waiting");
    this.#attempts += event.code === TOO_FAST ? 3 : 1;
    const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#attempts);
    // Full jitter: after a restart thousands of pages don't come back in the same moment.
    this.#connectSoon(200 + Math.random() * ceiling);
  }

  #connectSoon(delay) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }
}
