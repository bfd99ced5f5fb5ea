/** For who is logged in: their news by socket, shown as toasts and counted by the bell. */
import { startNews } from "./laurel-socket.js";
import { startBell } from "./bell.js";
import { startToasts } from "./toast.js";

const playerId = document.body.dataset.player;
if (playerId) {
  startToasts(document.querySelector(".toasts"));
  startBell(document.querySelector("[data-bell]"));
  startNews(playerId);
}
