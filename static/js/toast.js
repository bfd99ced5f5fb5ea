/** Toasts for the player's own news; each waits while it is pointed at, and many at once become one. */
const SHOWN_MS = 8000;
const SHOWN_MAX = 3;
// Older news came while the page was closed: told as one line, not as a shower.
const FRESH_MS = 60_000;

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

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function card(children, onClose) {
  const toast = element("div", "toast");
  const close = element("button", "button button--quiet button--icon button--small", "\u00d7");
  close.type = "button";
  close.setAttribute("aria-label", "Dismiss");
  close.addEventListener("click", () => onClose(toast));
  toast.append(...children, close);
  return toast;
}

function ownUnlock({ achievement, game }) {
  const words = document.createElement("div");
  const name = words.appendChild(element("p", "toast__name"));
  const link = name.appendChild(element("a", "plain-link", achievement.name));
  link.href = `/games/${encodeURIComponent(game.slug)}/#${achievement.id}`;
  words.append(element("p", "toast__line", `${plural(achievement.points, "point")} in ${game.name}`));
  return [frame(achievement.icon_url), words];
}

class Toasts {
  #missed = 0;

  constructor(region) {
    this.region = region;
  }

  hear({ kind, at, data }) {
    if (kind !== "own_unlock") return;
    const isFresh = Date.now() - Date.parse(at) < FRESH_MS;
    if (isFresh && this.region.childElementCount < SHOWN_MAX) this.#show(card(ownUnlock(data), (toast) => this.#drop(toast)), "toast--earned");
    else this.#gather();
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

  #gather() {
    this.#missed += 1;
    const line = `${plural(this.#missed, "more achievement")} earned`;
    const shown = this.region.querySelector(".toast--gathered .toast__name");
    if (shown) {
      shown.textContent = line;
      return;
    }
    const words = document.createElement("div");
    const where = element("p", "toast__line");
    const link = where.appendChild(element("a", "", "See them on your profile"));
    link.href = this.region.dataset.profile;
    words.append(element("p", "toast__name", line), where);
    this.#show(card([element("span", ""), words], (toast) => this.#drop(toast)), "toast--gathered");
  }

  #drop(toast) {
    if (toast.classList.contains("toast--gathered")) this.#missed = 0;
    toast.remove();
  }
}

export function startToasts(region) {
  const toasts = new Toasts(region);
  document.addEventListener("laurel:event", (event) => toasts.hear(event.detail));
}
