/** A part of the page that is fetched again whenever a socket says that it changed; rows slide to their new positions. */
import { LiveConnection, socketTransport } from "./client/laurel-connection.js";
import { showTimes } from "./when.js";

// At most two fetches a second, however often the board changes.
const GAP_MS = 500;
const SLIDE_MS = 200;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
// The words of each stand in the status element's data.
const STATE_CLASSES = { live: "status--live", waiting: "status--degraded", closed: "" };

function socketAddress(path) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return address;
}

function rowsById(element) {
  return new Map([...element.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
}

function measure(element) {
  const positions = new Map();
  for (const [id, row] of rowsById(element)) positions.set(id, { top: row.getBoundingClientRect().top, version: row.dataset.version });
  return positions;
}

function slide(element, before) {
  for (const [id, row] of rowsById(element)) {
    const old = before.get(id);
    if (!old || old.version !== row.dataset.version) row.classList.add("has-moved");
    if (stillness.matches || !old) continue;
    const distance = old.top - row.getBoundingClientRect().top;
    if (Math.abs(distance) < 1) continue;
    row.animate([{ transform: `translateY(${distance}px)` }, { transform: "none" }], {
      duration: SLIDE_MS,
      easing: "cubic-bezier(0.2, 0.7, 0.3, 1)",
    });
  }
}

export class LiveFragment {
  #fetchedAt = 0;
  #timer = null;
  #isStale = false;
  #isFetching = false;

  constructor(element) {
    this.element = element;
    this.url = element.dataset.liveUrl;
    this.status = document.getElementById(element.dataset.liveStatus);
    document.addEventListener("visibilitychange", () => this.#isStale && this.changed());
    this.connection = new LiveConnection([socketTransport(() => socketAddress(element.dataset.liveSocket))]);
    this.connection.addEventListener("frame", ({ detail }) => detail.type.includes(".") && this.changed());
    this.connection.addEventListener("state", ({ detail }) => this.#showState(detail.state));
    this.connection.connect();
  }

  /** The server hinted that the content is old: fetch soon, and once for all hints that come meanwhile. */
  changed() {
    this.#isStale = true;
    if (this.#timer || this.#isFetching || document.hidden) return;
    const wait = Math.max(0, this.#fetchedAt + GAP_MS - Date.now());
    this.#timer = setTimeout(() => this.#refresh(), wait);
  }

  async #refresh() {
    this.#timer = null;
    this.#isStale = false;
    this.#isFetching = true;
    this.#fetchedAt = Date.now();
    try {
      const response = await fetch(this.url, { headers: { "HX-Request": "true" }, cache: "no-store" });
      if (response.ok && !response.redirected) this.#swap(await response.text());
    } catch {
      // Offline: what is shown stays, and the returning socket fetches again.
    } finally {
      this.#isFetching = false;
      if (this.#isStale) this.changed();
    }
  }

  #swap(html) {
    const before = measure(this.element);
    const focused = document.activeElement?.closest("[data-row]")?.dataset.row;
    this.element.innerHTML = html;
    showTimes(this.element);
    slide(this.element, before);
    if (focused) rowsById(this.element).get(focused)?.querySelector("a, button")?.focus({ preventScroll: true });
    this.element.dispatchEvent(new CustomEvent("laurel:refreshed", { bubbles: true }));
  }

  #showState(state) {
    if (state === "connecting") return;
    // What changed while the socket was disconnected came with no hint.
    if (state === "live" && this.wasDisconnected) this.changed();
    this.wasDisconnected = state !== "live";
    if (!this.status) return;
    this.status.hidden = false;
    this.status.className = `status ${STATE_CLASSES[state]}`;
    this.status.textContent = this.status.dataset[state];
  }
}

export function startLiveFragments() {
  return [...document.querySelectorAll("[data-live-socket]")].map((element) => new LiveFragment(element));
}
