/** The player's own news from /ws/notifications/: in order, without gaps, as `laurel:event` on the document. */
import { LiveSocket } from "./live-socket.js";

const ACK_AFTER_MS = 1000;

export class NewsReader {
  #resumedFrom = null;
  #ackTimer = null;

  constructor(playerId, storage = localStorage) {
    this.key = `laurel.seq.${playerId}`;
    this.storage = storage;
  }

  /** The number of the last event that any page of this browser has shown, or null before the first. */
  get lastSeq() {
    const kept = this.storage.getItem(this.key);
    return kept === null ? null : Number(kept);
  }

  #keep(seq) {
    if (this.lastSeq === null || seq > this.lastSeq) this.storage.setItem(this.key, String(seq));
  }

  url() {
    const seq = this.lastSeq;
    return seq === null ? "/ws/notifications/" : `/ws/notifications/?since=${seq}`;
  }

  hear(frame, socket) {
    if (frame.type === "hello") this.#greet(frame, socket);
    else if (frame.type === "heartbeat_ack") this.#compare(frame.last_seq, socket);
    else if (frame.type === "event") this.#receive(frame, socket);
  }

  #greet(frame, socket) {
    this.#resumedFrom = null;
    this.seen = this.lastSeq ?? frame.last_seq;
    // A browser that meets this player for the first time starts from now, not from the beginning.
    this.#keep(this.seen);
    // The server's count fell behind ours: it was restored from a backup, so follow it.
    if (frame.last_seq < this.seen) this.#restart(frame.last_seq);
  }

  #restart(seq) {
    this.seen = seq;
    this.storage.setItem(this.key, String(seq));
  }

  #compare(lastSeq, socket) {
    if (lastSeq > this.seen) this.#resume(socket);
  }

  #resume(socket) {
    if (this.#resumedFrom === this.seen) return;
    this.#resumedFrom = this.seen;
    socket.send({ type: "resume", last_seq: this.seen });
  }

  #receive(frame, socket) {
    if (frame.seq <= this.seen) return;
    // A gap: ask for what is missing once; if it's still missing after that, it's gone and news goes on.
    if (frame.seq > this.seen + 1 && this.#resumedFrom !== this.seen) return this.#resume(socket);
    this.seen = frame.seq;
    this.#keep(frame.seq);
    this.#ackSoon(socket);
    document.dispatchEvent(new CustomEvent("laurel:event", { detail: frame }));
  }

  #ackSoon(socket) {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = setTimeout(() => socket.send({ type: "ack", seq: this.seen }), ACK_AFTER_MS);
  }
}

export function startNews(playerId) {
  const reader = new NewsReader(playerId);
  return new LiveSocket({ url: () => reader.url(), onFrame: (frame, socket) => reader.hear(frame, socket) });
}
