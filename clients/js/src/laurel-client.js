/**
 * Live events of a Laurel player, each once and in order: by WebSocket, where that is blocked by server-sent events,
 * and where those are by polling. For browsers and Node 22 or later; needs nothing else.
 */
import { LiveConnection, RefusedError, pollTransport, socketTransport, streamTransport } from "./laurel-connection.js";

export { CloseCode, LiveConnection, RefusedError } from "./laurel-connection.js";

const ACK_AFTER_MS = 1000;

/** Remembers in localStorage, for all pages of the browser, or in another Storage. */
export function webStorage(key, storage = localStorage) {
  return {
    get: () => (storage.getItem(key) === null ? null : Number(storage.getItem(key))),
    set: (seq) => storage.setItem(key, String(seq)),
  };
}

function memory() {
  let stored = null;
  return { get: () => stored, set: (seq) => (stored = seq) };
}

/**
 * A player's events. In the browser the log-in's cookie is enough; a game client gives `token` and `playerId`, or
 * `ticket`. Dispatches "event" (detail: the frame; `quiet` ones want no toast), "state" and "lost".
 */
export class LaurelClient extends LiveConnection {
  #options;
  #storage;
  #seen = null;
  #requestedSince = null;
  #resumedFrom = null;
  #ackTimer = null;
  #etag = null;

  constructor(options = {}) {
    const transports = {
      websocket: socketTransport(() => this.#socketUrl()),
      stream: streamTransport((signal) => this.#stream(signal)),
      poll: pollTransport((signal, isFirst) => this.#poll(signal, isFirst), options.pollMs),
    };
    // Who has tickets alone can't poll: that takes a cookie or a token.
    const names = options.transports ?? ["websocket", "stream", ...(options.ticket && !options.token ? [] : ["poll"])];
    super(names.map((name) => transports[name]), options);
    this.transports = names;
    this.#options = { url: globalThis.location?.origin, isAcknowledging: true, ...options };
    if (!this.#options.url) throw new TypeError("Say where Laurel is: new LaurelClient({ url: ... }).");
    this.#storage = options.storage ?? memory();
  }

  /** "websocket", "stream" or "poll". */
  get transport() {
    return this.transports[this.level];
  }

  /** The number of the last event that was dispatched, or null before the first hello ever. */
  get lastSeq() {
    return this.#storage.get();
  }

  handleFrame(frame) {
    super.handleFrame(frame);
    if (frame.type === "hello") this.#greet(frame);
    else if (frame.type === "heartbeat_ack") this.#compare(frame.last_seq);
    else if (frame.type === "event") this.#receive(frame);
    else if (frame.type === "past" && frame.seq > this.#seen) this.#goOnTo(frame.seq);
  }

  // A game's client receives its own game's events only, so for it missing numbers are no gap.
  get #isFiltered() {
    return Boolean(this.#options.token || this.#options.ticket);
  }

  #greet({ last_seq: lastSeq }) {
    this.#resumedFrom = null;
    // Who meets this player for the first time starts from now; who requested more than there is follows the server
    // back, which was restored from a backup.
    const isBehind = this.#requestedSince === null || lastSeq < this.#requestedSince;
    this.#seen = isBehind ? lastSeq : this.lastSeq;
    this.#storage.set(this.#seen);
  }

  #compare(lastSeq) {
    if (lastSeq > this.#seen && !this.#isFiltered) this.#resume();
  }

  /** Request what is missing, once; return whether that was possible. */
  #resume() {
    if (this.#resumedFrom === this.#seen) return false;
    this.#resumedFrom = this.#seen;
    return this.send({ type: "resume", last_seq: this.#seen });
  }

  #receive(frame) {
    if (frame.seq <= this.#seen) return;
    if (frame.seq > this.#seen + 1 && !this.#isFiltered) {
      if (this.#resume()) return;
      // Requested once and still missing: it is gone, as events older than half a year are.
      this.dispatchEvent(new CustomEvent("lost", { detail: { from: this.#seen + 1, to: frame.seq - 1 } }));
    }
    this.#goOnTo(frame.seq);
    if (this.#options.isAcknowledging) this.#acknowledgeSoon();
    this.dispatchEvent(new CustomEvent("event", { detail: frame }));
  }

  #goOnTo(seq) {
    this.#seen = seq;
    if (seq > (this.lastSeq ?? -1)) this.#storage.set(seq);
  }

  #acknowledgeSoon() {
    this.#ackTimer ??= setTimeout(() => {
      this.#ackTimer = null;
      if (!this.send({ type: "ack", seq: this.#seen })) this.#acknowledge().catch(() => {});
    }, ACK_AFTER_MS);
  }

  async #acknowledge() {
    // Who receives one game's events only can't say what was read.
    const csrf = globalThis.document?.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (this.#isFiltered || !csrf) return;
    const body = JSON.stringify({ up_to_seq: this.#seen });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
    await this.#request("players/me/notifications/read", { method: "POST", body, headers });
  }

  async #socketUrl() {
    const url = new URL("/ws/notifications/", this.#options.url);
    url.protocol = url.protocol.replace("http", "ws");
    const ticket = await this.#ticket();
    if (ticket) url.searchParams.set("ticket", ticket);
    this.#goOnFrom(url.searchParams);
    return url;
  }

  async #ticket() {
    const { ticket, token, playerId } = this.#options;
    if (ticket) return ticket();
    if (!token) return null;
    const response = await this.#request(`players/${playerId}/socket-ticket`, { method: "POST" });
    return (await response.json()).ticket;
  }

  async #stream(signal) {
    const query = new URLSearchParams();
    if (!this.#options.token && this.#options.ticket) query.set("ticket", await this.#options.ticket());
    this.#goOnFrom(query);
    return this.#request(`players/me/notifications/stream?${query}`, { signal, headers: { Accept: "text/event-stream" } });
  }

  #goOnFrom(query) {
    this.#requestedSince = this.lastSeq;
    if (this.#requestedSince !== null) query.set("since", this.#requestedSince);
  }

  async #poll(signal, isFirst) {
    const since = (this.#requestedSince = this.lastSeq);
    const query = since === null ? "page_size=1" : `order=oldest&page_size=100&since=${since}`;
    const headers = this.#etag?.query === query && !isFirst ? { "If-None-Match": this.#etag.value } : {};
    const response = await this.#request(`players/me/notifications?${query}`, { signal, headers, cache: "no-store" });
    if (response.status === 304) return { frames: [], isMore: false };
    this.#etag = { query, value: response.headers.get("ETag") };
    const page = await response.json();
    const hello = { type: "hello", heartbeat_interval: 0, last_seq: page.last_seq };
    const events = since === null ? [] : page.results.map((row) => ({ type: "event", ...row }));
    const past = { type: "past", seq: page.next_since };
    return { frames: [...(isFirst ? [hello] : []), ...events, past], isMore: since !== null && page.next !== null };
  }

  async #request(path, { headers = {}, ...rest } = {}) {
    const { token, url } = this.#options;
    const bearer = typeof token === "function" ? await token() : token;
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    const options = { ...rest, headers, credentials: bearer ? "omit" : "include" };
    const response = await fetch(new URL(`/api/v1/${path}`, url), options);
    if (response.ok || response.status === 304) return response;
    throw new RefusedError(response, await response.json().catch(() => null));
  }
}
