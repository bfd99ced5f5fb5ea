/** The bell in the header counts what comes while the page is open. */
const SHOWN_MAX = 99;

export function startBell(bell) {
  if (!bell) return;
  const words = bell.querySelector(".bell__count");
  let count = Number(bell.dataset.bell);
  let latest = Number(bell.dataset.bellSeq);
  document.addEventListener("laurel:event", ({ detail }) => {
    // What arrived before the page was made is in its count.
    if (detail.seq <= latest) return;
    latest = detail.seq;
    count += 1;
    words.querySelector("[data-bell-count]").textContent = count > SHOWN_MAX ? `${SHOWN_MAX}+` : String(count);
    words.hidden = false;
  });
}
