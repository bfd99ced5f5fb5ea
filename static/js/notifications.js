/** For who is logged in: their news, shown as toasts where they want to see them. */
import { LaurelClient, webStorage } from "./laurel-client.js";
import { startToasts } from "./toast.js";

const playerId = document.body.dataset.player;
if (playerId) {
  startToasts(document.querySelector(".toasts"));
  const client = new LaurelClient({ storage: webStorage(`laurel.seq.${playerId}`) });
  client.addEventListener("event", ({ detail }) => {
    if (!detail.quiet) document.dispatchEvent(new CustomEvent("laurel:event", { detail }));
  });
  client.connect();
}
