/** Connections that come back: jittered back-off, heartbeats, and other roads where the best one is blocked. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LAST_MS = 30_000;
const BACKOFF_LEAST_MS = 200;
// A road that failed so often before it said hello is taken for blocked.
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
 * A connection that comes back. It has one or more roads, best first: functions that are given {frame, alive, ended}
 * and return {send, stop}. `ended` gets {code, retryAfterMs, isUnavailable, isUnreachable}.
 */
export class LiveConnection extends EventTarget {
  #roads;
  #level = 0;
  #current = null;
  #rising = null;
  #attempts = 0;
  #failures = 0;
  #upgradeFirstMs;
  #upgradeMs;
  #timers = {};
  #isOpen = false;
  state = "closed";

  constructor(roads, { upgradeMs = UPGRADE_FIRST_MS } = {}) {
    super();
    this.#roads = roads;
    this.#upgradeFirstMs = this.#upgradeMs = upgradeMs;
    globalThis.addEventListener?.("online", () => this.#isOpen && this.#connect());
    globalThis.addEventListener?.("pagehide", () => this.#rest());
    globalThis.addEventListener?.("pageshow", (event) => event.persisted && this.#isOpen && this.#connect());
  }

  /** Which road is in use, counted from the best. */
  get level() {
    return this.#level;
  }

  connect() {
    if (this.#isOpen) return this;
    this.#isOpen = true;
    this.#tell("connecting");
    this.#connect();
    return this;
  }

  close(code = null) {
    this.#isOpen = false;
    this.#rest();
    this.#tell("closed", code);
  }

  send(frame) {
    return this.#current?.road.send(frame) ?? false;
  }

  /** Drop the connection and come back at once, from where one was. */
  reconnect() {
    this.#rest();
    if (this.#isOpen) this.#connect();
  }

  /** For subclasses: a frame of the connection in use. */
  heard(frame) {
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #rest() {
    for (const name of Object.keys(this.#timers)) this.#stop(name);
    this.#rising?.road.stop();
    this.#current?.road.stop();
    this.#rising = this.#current = null;
  }

  #connect() {
    this.#stop("retry");
    if (!this.#current) this.#current = this.#take(this.#level);
  }

  #take(level) {
    const attempt = { level, isLive: false, heardAt: Date.now() };
    attempt.road = this.#roads[level]({
      frame: (frame) => this.#hear(attempt, frame),
      alive: () => (attempt.heardAt = Date.now()),
      ended: (why) => this.#ended(attempt, why),
    });
    return attempt;
  }

  #hear(attempt, frame) {
    attempt.heardAt = Date.now();
    if (frame.type === "hello") this.#greeted(attempt, frame);
    if (attempt === this.#current) this.heard(frame);
  }

  #greeted(attempt, { heartbeat_interval: seconds }) {
    if (attempt === this.#rising) {
      this.#current?.road.stop();
      this.#current = attempt;
      this.#rising = null;
    }
    attempt.isLive = true;
    // Only what the server says proves that a road works, so only this ends the back-off.
    this.#level = attempt.level;
    this.#attempts = this.#failures = 0;
    this.#beat(attempt, seconds * 1000);
    if (this.#level > 0) this.#start("upgrade", this.#upgradeMs, () => this.#rise());
    else this.#upgradeMs = this.#upgradeFirstMs;
    this.#tell("live");
  }

  #beat(attempt, interval) {
    this.#stop("beat");
    if (!interval) return;
    this.#start("beat", interval, () => {
      if (Date.now() - attempt.heardAt > HEARTBEATS_MISSED_MAX * interval) {
        attempt.road.stop();
        return this.#ended(attempt, { code: CloseCode.HEARTBEAT_MISSED });
      }
      attempt.road.send({ type: "heartbeat" });
      this.#beat(attempt, interval);
    });
  }

  /** Try the best road beside the one in use, which goes on until the better one has said hello. */
  #rise() {
    this.#upgradeMs = Math.min(UPGRADE_LAST_MS, this.#upgradeMs * 2);
    this.#rising = this.#take(0);
  }

  #ended(attempt, why) {
    if (attempt === this.#rising) {
      this.#rising = null;
      this.#start("upgrade", this.#upgradeMs, () => this.#rise());
      return;
    }
    if (attempt !== this.#current) return;
    this.#rest();
    // After a good while 4401 may mean a session that was renewed, or a ticket's key: new credentials are tried once.
    const mayRenew = why.code === CloseCode.NOT_AUTHENTICATED && attempt.isLive;
    if (FINAL_CODES.has(why.code) && !mayRenew) return this.close(why.code);
    if (!attempt.isLive) this.#fallBack(why);
    this.#attempts += why.code === CloseCode.TOO_MANY_FRAMES ? 3 : 1;
    const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#attempts);
    // Full jitter: after a restart thousands of clients don't come back in the same moment.
    const wait = why.isUnavailable ? 0 : Math.max(why.retryAfterMs ?? 0, BACKOFF_LEAST_MS + Math.random() * ceiling);
    this.#start("retry", wait, () => this.#connect());
    this.#tell("waiting", why.code);
  }

  #fallBack({ isUnavailable, isUnreachable }) {
    this.#failures += 1;
    // Where no request is answered at all it is not the road that is blocked.
    if (isUnreachable && this.#level > 0) this.#level = this.#failures = 0;
    else if (isUnavailable || this.#failures >= FAILURES_MAX) {
      this.#level = (this.#level + 1) % this.#roads.length;
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

  #tell(state, code = null) {
    if (state === this.state && state !== "live") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, code, level: this.#level } }));
  }
}

/** A road by WebSocket; `address` is asked anew for each connection and may be a promise. */
export function socketRoad(address) {
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

/** A road by server-sent events, over fetch: an EventSource tells no status and sends no header. */
export function streamRoad(ask) {
  return road(async ({ frame, alive, ended }, signal) => {
    const answer = await ask(signal);
    let rest = "";
    let code = 0;
    const text = new TextDecoder();
    for await (const part of chunksOf(answer.body)) {
      alive();
      const blocks = (rest + text.decode(part, { stream: true })).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: "));
        const said = data && JSON.parse(data.slice(6));
        if (said?.type === "close") code = said.code;
        else if (said) frame(said);
      }
    }
    ended({ code });
  });
}

/** A road by asking: `ask`, told whether it is the first time, answers {frames, isMore}; a hello comes first of all. */
export function pollRoad(ask, interval = POLL_MS) {
  return road(async ({ frame }, signal) => {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const { frames, isMore } = await ask(signal, isFirst);
      if (signal.aborted) return;
      frames.forEach(frame);
      if (!isMore) await sleep(interval * (0.75 + Math.random() / 2), signal);
    }
  });
}

function road(run) {
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
  constructor(answer, problem) {
    super(problem?.detail ?? `${answer.status}`);
    this.status = answer.status;
    this.code = problem?.code ?? "";
    this.retryAfterMs = Number(answer.headers.get("Retry-After") ?? 0) * 1000;
  }
}

function reasonOf(error) {
  if (!(error instanceof RefusedError)) return { code: 0, isUnreachable: true };
  const isUnavailable = error.code === "streams_unavailable";
  return { code: CODE_OF_STATUS[error.status] ?? 0, retryAfterMs: error.retryAfterMs, isUnavailable };
}
