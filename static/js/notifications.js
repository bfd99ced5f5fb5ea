/** For who is logged in: their news, shown as toasts where they want to see them, and counted by the bell. */
import { LaurelClient, webStorage } from "./client/laurel-client.js";
import { startBell } from "./bell.js";
import { startToasts } from "./toast.js";

const playerId = document.body.dataset.player;
if (playerId) {
  startToasts(document.querySelector(".toasts"));
  startBell(document.querySelector("[data-bell]"));
  // A toast that rose in a tab nobody looks at has not been read: what is, says the inbox page.
  const client = new LaurelClient({ storage: webStorage(`laurel.seq.${playerId}`), isAcknowledging: false });
  client.addEventListener("event", ({ detail }) => document.dispatchEvent(new CustomEvent("laurel:event", { detail })));
  client.connect();
}
