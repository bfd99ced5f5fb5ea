/** Connections that come back: jittered back-off, heartbeats, and other transports where the best one is blocked. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 30_000;
const BACKOFF_LEAST_MS = 200;
// A transport that failed so often before its hello is considered blocked.
const FAILURES_MAX = 2;
const UPGRADE_FIRST_MS = 30_000;
const UPGRADE_LAST_MS = 600_000;
const POLL_MS = 15_000;
// Silence after which a connection is taken for dead, in heartbeats; the server allows us as much.
const HEARTBEATS_MISSED_MAX = 2.5;

export const CloseCode = Object.freeze({
  RESTART: 1012,
  TRY_LATER: 1013,
  BAD_FRAME: 4400,
  NOT_AUTHENTICATED: 4401,
  FORBIDDEN: 4403,
  HEARTBEAT_MISSED: 4408,
  REPLACED: 4409,
  FRAME_TOO_LARGE: 4413,
  TOO_MANY_FRAMES: 4429,
});
// Connecting again would end the same way.
const FINAL_CODES = new Set([1009, 4400, 4401, 4403, 4409, 4413]);
const CODE_OF_STATUS = { 400: 4400, 401: 4401, 403: 4403, 404: 4403 };

/**
 * A connection that comes back. It has one or more transports, best first: functions that are given {frame, alive, ended}
 * and return {send, stop}. `ended` gets {code, retryAfterMs, isUnavailable, isUnreachable}.
 */
export class LiveConnection extends EventTarget {
  #transports;
  #level = 0;
  #current = null;
  #candidate = null;
  #attempts = 0;
  #failures = 0;
  #upgradeFirstMs;
  #upgradeMs;
  #timers = {};
  #isOpen = false;
  state = "closed";

  constructor(transports, { upgradeMs = UPGRADE_FIRST_MS } = {}) {
    super();
    this.#transports = transports;
    this.#upgradeFirstMs = this.#upgradeMs = upgradeMs;
    globalThis.addEventListener?.("online", () => this.#isOpen && this.#connect());
    globalThis.addEventListener?.("pagehide", () => this.#disconnect());
    globalThis.addEventListener?.("pageshow", (event) => event.persisted && this.#isOpen && this.#connect());
  }

  /** Which transport is in use, counted from the best. */
  get level() {
    return this.#level;
  }

  connect() {
    if (this.#isOpen) return this;
    this.#isOpen = true;
    this.#setState("connecting");
    this.#connect();
    return this;
  }

  close(code = null) {
    this.#isOpen = false;
    this.#disconnect();
    this.#setState("closed", code);
  }

  send(frame) {
    return this.#current?.transport.send(frame) ?? false;
  }

  /** Drop the connection and come back at once, from where one was. */
  reconnect() {
    this.#disconnect();
    if (this.#isOpen) this.#connect();
  }

  /** For subclasses: a frame of the connection in use. */
  handleFrame(frame) {
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #disconnect() {
    for (const name of Object.keys(this.#timers)) this.#stop(name);
    this.#candidate?.transport.stop();
    this.#current?.transport.stop();
    this.#candidate = this.#current = null;
  }

  #connect() {
    this.#stop("retry");
    if (!this.#current) this.#current = this.#open(this.#level);
  }

  #open(level) {
    const attempt = { level, isLive: false, lastActivityAt: Date.now() };
    attempt.transport = this.#transports[level]({
      frame: (frame) => this.#receive(attempt, frame),
      alive: () => (attempt.lastActivityAt = Date.now()),
      ended: (why) => this.#handleEnd(attempt, why),
    });
    return attempt;
  }

  #receive(attempt, frame) {
    attempt.lastActivityAt = Date.now();
    if (frame.type === "hello") this.#becomeLive(attempt, frame);
    if (attempt === this.#current) this.handleFrame(frame);
  }

  #becomeLive(attempt, { heartbeat_interval: seconds }) {
    if (attempt === this.#candidate) {
      this.#current?.transport.stop();
      this.#current = attempt;
      this.#candidate = null;
    }
    attempt.isLive = true;
    // Only what the server says proves that a transport works, so only this ends the back-off.
    this.#level = attempt.level;
    this.#attempts = this.#failures = 0;
    this.#scheduleHeartbeat(attempt, seconds * 1000);
    if (this.#level > 0) this.#start("upgrade", this.#upgradeMs, () => this.#upgrade());
    else this.#upgradeMs = this.#upgradeFirstMs;
    this.#setState("live");
  }

  #scheduleHeartbeat(attempt, interval) {
    this.#stop("heartbeat");
    if (!interval) return;
    this.#start("heartbeat", interval, () => {
      if (Date.now() - attempt.lastActivityAt > HEARTBEATS_MISSED_MAX * interval) {
        attempt.transport.stop();
        return this.#handleEnd(attempt, { code: CloseCode.HEARTBEAT_MISSED });
      }
      attempt.transport.send({ type: "heartbeat" });
      this.#scheduleHeartbeat(attempt, interval);
    });
  }

  /** Try the best transport beside the one in use, which goes on until the better one has sent its hello. */
  #upgrade() {
    this.#upgradeMs = Math.min(UPGRADE_LAST_MS, this.#upgradeMs * 2);
    this.#candidate = this.#open(0);
  }

  #handleEnd(attempt, why) {
    if (attempt === this.#candidate) {
      this.#candidate = null;
      this.#start("upgrade", this.#upgradeMs, () => this.#upgrade());
      return;
    }
    if (attempt !== this.#current) return;
    this.#disconnect();
    // After a good while 4401 may mean a session that was renewed, or a ticket's key: new credentials are tried once.
    const mayRenew = why.code === CloseCode.NOT_AUTHENTICATED && attempt.isLive;
    if (FINAL_CODES.has(why.code) && !mayRenew) return this.close(why.code);
    if (!attempt.isLive) this.#fallBack(why);
    this.#attempts += why.code === CloseCode.TOO_MANY_FRAMES ? 3 : 1;
    const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#attempts);
    // Full jitter: after a restart thousands of clients don't come back in the same moment.
    const wait = why.isUnavailable ? 0 : Math.max(why.retryAfterMs ?? 0, BACKOFF_LEAST_MS + Math.random() * ceiling);
    this.#start("retry", wait, () => this.#connect());
    this.#setState("waiting", why.code);
  }

  #fallBack({ isUnavailable, isUnreachable }) {
    this.#failures += 1;
    // Where no request gets any response it is not the transport that is blocked.
    if (isUnreachable && this.#level > 0) this.#level = this.#failures = 0;
    else if (isUnavailable || this.#failures >= FAILURES_MAX) {
      this.#level = (this.#level + 1) % this.#transports.length;
      this.#failures = 0;
    }
  }

  #start(name, delay, callback) {
    this.#stop(name);
    this.#timers[name] = setTimeout(callback, delay);
  }

  #stop(name) {
    clearTimeout(this.#timers[name]);
    delete this.#timers[name];
  }

  #setState(state, code = null) {
    if (state === this.state && state !== "live") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, code, level: this.#level } }));
  }
}

/** WebSocket; `address` is called for each connection and may return a promise. */
export function socketTransport(address) {
  return ({ frame, ended }) => {
    let socket = null;
    let isStopped = false;
    const fail = (why) => isStopped || ended(why);
    const open = (url) => {
      if (isStopped) return;
      socket = new WebSocket(url);
      socket.onmessage = (message) => frame(JSON.parse(message.data));
      socket.onclose = (event) => fail({ code: event.code });
    };
    if (typeof WebSocket === "undefined") queueMicrotask(() => fail({ code: 0, isUnavailable: true }));
    else Promise.resolve().then(address).then(open).catch((error) => fail(reasonOf(error)));
    return {
      send(message) {
        if (socket?.readyState !== WebSocket.OPEN) return false;
        socket.send(JSON.stringify(message));
        return true;
      },
      stop() {
        isStopped = true;
        socket?.close();
      },
    };
  };
}

/** Server-sent events, over fetch: an EventSource shows no status and sends no header. */
export function streamTransport(request) {
  return transport(async ({ frame, alive, ended }, signal) => {
    const response = await request(signal);
    let rest = "";
    let code = 0;
    const text = new TextDecoder();
    for await (const part of chunksOf(response.body)) {
      alive();
      const blocks = (rest + text.decode(part, { stream: true })).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: "));
        const message = data && JSON.parse(data.slice(6));
        if (message?.type === "close") code = message.code;
        else if (message) frame(message);
      }
    }
    ended({ code });
  });
}

/** Polling: `request(signal, isFirst)` resolves to {frames, isMore}; the first frame of all is a hello. */
export function pollTransport(request, interval = POLL_MS) {
  return transport(async ({ frame }, signal) => {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const { frames, isMore } = await request(signal, isFirst);
      if (signal.aborted) return;
      frames.forEach(frame);
      if (!isMore) await sleep(interval * (0.75 + Math.random() / 2), signal);
    }
  });
}

function transport(run) {
  return (handlers) => {
    const controller = new AbortController();
    const { signal } = controller;
    run({ ...handlers, ended: (why) => signal.aborted || handlers.ended(why) }, signal).catch(
      (error) => signal.aborted || handlers.ended(reasonOf(error)),
    );
    return { send: () => false, stop: () => controller.abort() };
  };
}

async function* chunksOf(body) {
  // Browsers can't walk a stream with for await yet.
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

function sleep(duration, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, duration);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** A request that was refused, with the problem that says why. */
export class RefusedError extends Error {
  constructor(response, problem) {
    super(problem?.detail ?? `${response.status}`);
    this.status = response.status;
    this.code = problem?.code ?? "";
    this.retryAfterMs = Number(response.headers.get("Retry-After") ?? 0) * 1000;
  }
}

function reasonOf(error) {
  if (!(error instanceof RefusedError)) return { code: 0, isUnreachable: true };
  const isUnavailable = error.code === "streams_unavailable";
  return { code: CODE_OF_STATUS[error.status] ?? 0, retryAfterMs: error.retryAfterMs, isUnavailable };
}
