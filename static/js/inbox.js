/** The inbox while notifications arrive: it counts them and offers to refresh; the list stays where it is being read. */
import { sentence } from "./sentences.js";

class Inbox {
  #arrived = 0;

  constructor(element) {
    this.summary = element.querySelector("[data-unread]");
    this.notice = element.querySelector("[data-arrived]");
    this.latest = Number(this.notice.dataset.lastSeq);
    this.unread = Number(this.summary?.dataset.unread ?? 0);
  }

  receive({ seq }) {
    // A socket that resumes sends again what the page has already.
    if (seq <= this.latest) return;
    this.latest = seq;
    this.#arrived += 1;
    if (this.summary) this.summary.textContent = sentence(this.summary, "words", { count: this.unread + this.#arrived });
    this.notice.querySelector("[data-words]").textContent = sentence(this.notice, "arrived", { count: this.#arrived });
    this.notice.firstElementChild.hidden = false;
  }
}

const inbox = new Inbox(document.querySelector("[data-inbox]"));
document.addEventListener("laurel:event", ({ detail }) => inbox.receive(detail));
