/** For who is logged in: their news by socket, shown as toasts. */
import { startNews } from "./laurel-socket.js";
import { startToasts } from "./toast.js";

const playerId = document.body.dataset.player;
if (playerId) {
  startToasts(document.querySelector(".toasts"));
  startNews(playerId);
}
