/** An event as stored in the player's inbox. */
export interface LaurelEvent {
  type: "event";
  /** Counts 1, 2, 3 ... for each player. */
  seq: number;
  kind: string;
  /** ISO 8601, UTC. */
  at: string;
  title: string;
  body: string;
  /** What it is about; its members depend on the kind. */
  data: Record<string, unknown>;
  /** The player wants no toast for it. */
  quiet?: boolean;
}

export type State = "connecting" | "live" | "waiting" | "closed";
export type Transport = "websocket" | "stream" | "poll";

export interface StateDetail {
  state: State;
  /** Why the connection ended, where that is known. */
  code: number | null;
  /** Which transport, counted from the best. */
  level: number;
}

/** Remembers the number of the last event. */
export interface SeqStorage {
  get(): number | null;
  set(seq: number): void;
}

export interface LaurelOptions {
  /** Where Laurel is, such as "https://laurel.example"; in a page by default its own site. */
  url?: string;
  /** A player token, or a function that returns a fresh one. */
  token?: string | (() => string | Promise<string>);
  /** Whose token it is. */
  playerId?: string;
  /** Returns a new socket ticket for each connection, if your server issues them. */
  ticket?: () => string | Promise<string>;
  storage?: SeqStorage;
  /** Best first; all that the credentials allow by default. */
  transports?: Transport[];
  /** Whether received events are marked as read; true by default. */
  isAcknowledging?: boolean;
  /** Milliseconds between two polls, 15,000 by default. */
  pollMs?: number;
  /** Milliseconds until a blocked transport is tried again, 30,000 by default, then twice as long each time. */
  upgradeMs?: number;
}

export interface LaurelEventMap {
  event: CustomEvent<LaurelEvent>;
  state: CustomEvent<StateDetail>;
  lost: CustomEvent<{ from: number; to: number }>;
  frame: CustomEvent<Record<string, unknown>>;
}

export class LiveConnection extends EventTarget {
  readonly state: State;
  readonly level: number;
  connect(): this;
  close(): void;
  reconnect(): void;
  send(frame: Record<string, unknown>): boolean;
  addEventListener<K extends keyof LaurelEventMap>(
    type: K,
    listener: (event: LaurelEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export class LaurelClient extends LiveConnection {
  constructor(options?: LaurelOptions);
  readonly transport: Transport;
  readonly lastSeq: number | null;
}

export class RefusedError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number;
}

export function webStorage(key: string, storage?: Storage): SeqStorage;

export const CloseCode: Readonly<{
  RESTART: 1012;
  TRY_LATER: 1013;
  BAD_FRAME: 4400;
  NOT_AUTHENTICATED: 4401;
  FORBIDDEN: 4403;
  HEARTBEAT_MISSED: 4408;
  REPLACED: 4409;
  FRAME_TOO_LARGE: 4413;
  TOO_MANY_FRAMES: 4429;
}>;
