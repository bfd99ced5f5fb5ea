/** Turns UTC moments into the reader's own words: "3 minutes ago", with the full local time on hover. */
const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
];
const words = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const REFRESH_MS = 30_000;

export function inWords(moment, now = Date.now()) {
  let amount = (moment - now) / 1000;
  if (Math.abs(amount) < 10) return "just now";
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return words.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return day.format(moment);
}

export function showTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-when]")) {
    const moment = new Date(element.dateTime);
    const text = inWords(moment);
    if (element.textContent !== text) element.textContent = text;
    element.title = full.format(moment);
  }
}

export function startTimes() {
  showTimes();
  setInterval(showTimes, REFRESH_MS);
  document.addEventListener("htmx:after:swap", () => showTimes());
}
