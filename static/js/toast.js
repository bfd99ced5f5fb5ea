/** Toasts for notifications; each waits while it is pointed at, and many at once become one. */
import { sentence } from "./sentences.js";

const SHOWN_MS = 8000;
const SHOWN_MAX = 3;
// Older notifications came while the page was closed: they share one toast.
const FRESH_MS = 60_000;

// What was earned hangs in gold; these show neither a face nor an achievement.
const GOLD_ICONS = { game_completed: "trophy", season_medal: "crown" };

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function frame(iconUrl) {
  const outer = element("span", "frame frame--earned frame--small");
  const mat = outer.appendChild(element("span", "frame__mat"));
  outer.setAttribute("aria-hidden", "true");
  if (iconUrl) {
    const image = mat.appendChild(document.createElement("img"));
    image.src = iconUrl;
    image.alt = "";
  }
  return outer;
}

function card(region, children, onClose) {
  const toast = element("div", "toast");
  const close = element("button", "button button--quiet button--icon button--small", "\u00d7");
  close.type = "button";
  close.setAttribute("aria-label", region.dataset.dismiss);
  close.addEventListener("click", () => onClose(toast));
  toast.append(...children, close);
  return toast;
}

function avatar(player) {
  const outer = element("span", "avatar toast__picture", player.avatar_url ? "" : player.display_name.slice(0, 1));
  outer.setAttribute("aria-hidden", "true");
  if (player.avatar_url) {
    const image = outer.appendChild(document.createElement("img"));
    image.src = player.avatar_url;
    image.alt = "";
  }
  return outer;
}

function drawing(url, className = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.appendChild(document.createElementNS(svg.namespaceURI, "use")).setAttribute("href", url);
  return svg;
}

function laurel(region, icon, isGold) {
  const outer = element("span", `laurel toast__picture ${isGold ? "laurel--gold" : ""}`);
  outer.setAttribute("aria-hidden", "true");
  const branches = outer.appendChild(drawing(`${region.dataset.mark}#laurel`));
  branches.setAttribute("viewBox", "0 0 94 94");
  outer.appendChild(element("span", "laurel__centre")).append(drawing(`${region.dataset.icons}#${icon}`, "icon"));
  return outer;
}

function words(title, href, line) {
  const made = document.createElement("div");
  const link = made.appendChild(element("p", "toast__name")).appendChild(element("a", "plain-link", title));
  link.href = href;
  made.append(element("p", "toast__line", line));
  return made;
}

function ownUnlock(region, { body, data: { achievement, game, hardcore_at: hardcoreAt } }) {
  const href = `/games/${encodeURIComponent(game.slug)}/#${achievement.id}`;
  const line = hardcoreAt ? body : sentence(region, "points", { count: achievement.points, game: game.name });
  return [frame(achievement.icon_url), words(achievement.name, href, line)];
}

/** Any other kind, also one that is yet to come: whoever it is about, and its own words. */
function anyKind(region, { seq, kind, title, body, data }) {
  const player = data.player ?? data.rival ?? data.unlocks?.[0]?.player;
  const picture = player ? avatar(player) : laurel(region, GOLD_ICONS[kind] ?? "bell", kind in GOLD_ICONS);
  return [picture, words(title, `/notifications/${seq}/`, body)];
}

class Toasts {
  #missed = [];

  constructor(region) {
    this.region = region;
  }

  receive(frame) {
    if (frame.quiet) return;
    const isFresh = Date.now() - Date.parse(frame.at) < FRESH_MS;
    if (!isFresh || this.region.childElementCount >= SHOWN_MAX) return this.#group(frame.kind);
    const isOwn = frame.kind === "own_unlock";
    const content = isOwn ? ownUnlock(this.region, frame) : anyKind(this.region, frame);
    const isEarned = isOwn || frame.kind in GOLD_ICONS;
    this.#show(card(this.region, content, (toast) => this.#drop(toast)), isEarned ? "toast--earned" : "toast--notification");
  }

  #show(toast, className) {
    toast.classList.add(className);
    this.region.append(toast);
    let timer = null;
    const start = () => (timer = setTimeout(() => this.#drop(toast), SHOWN_MS));
    const stop = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", stop);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusin", stop);
    toast.addEventListener("focusout", start);
    start();
  }

  #group(kind) {
    this.#missed.push(kind);
    const isOwn = this.#missed.every((missed) => missed === "own_unlock");
    const title = sentence(this.region, isOwn ? "achievements" : "notifications", { count: this.#missed.length });
    const href = isOwn ? this.region.dataset.profile : "/notifications/";
    const line = isOwn ? this.region.dataset.onProfile : this.region.dataset.inInbox;
    const shown = this.region.querySelector(".toast--grouped");
    if (!shown) return this.#show(card(this.region, [element("span", ""), words(title, href, line)], (toast) => this.#drop(toast)), "toast--grouped");
    // Changed where it is, as the focus may be on it.
    const link = Object.assign(shown.querySelector("a"), { href });
    link.textContent = title;
    shown.querySelector(".toast__line").textContent = line;
  }

  #drop(toast) {
    if (toast.classList.contains("toast--grouped")) this.#missed = [];
    toast.remove();
  }
}

export function startToasts(region) {
  const toasts = new Toasts(region);
  document.addEventListener("laurel:event", (event) => toasts.receive(event.detail));
}
