/** Shows an achievement's cards as they will look while its form is filled in. The server checks everything again. */
const form = document.getElementById("achievement-form");
const field = (name) => form.elements.namedItem(name);
const cards = ["earned", "locked", "hidden"].map((state) => document.getElementById(`preview-${state}`));
const [earned, locked, hidden] = cards;
const grouped = new Intl.NumberFormat("en");

function showText() {
  const target = field("kind").value === "incremental" ? Number(field("target").value) : 0;
  for (const card of [earned, locked]) {
    card.querySelector(".achievement__name").textContent = field("name").value || form.dataset.unnamed;
    const description = card.querySelector(".achievement__description");
    description.textContent = field("description").value;
    if (target > 1) description.append(` ${form.dataset.target.replace("{target}", grouped.format(target))}`);
  }
  for (const card of cards) card.querySelector(".points b").textContent = field("points").value || "0";
}

function showChoices() {
  const isHidden = field("is_hidden").checked;
  locked.parentElement.hidden = isHidden;
  hidden.parentElement.hidden = !isHidden;
  // A field that is not shown must not stop the form from being sent.
  const isIncremental = field("kind").value === "incremental";
  document.getElementById("target-field").hidden = !isIncremental;
  field("target").disabled = !isIncremental;
}

/** As the server makes one; a name in another script gets none, and the server reports it as missing. */
function suggestedKey() {
  const plain = field("name").value.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toUpperCase().replace(/'/g, "");
  const words = plain.replace(/[^A-Z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return words && `ACH_${words}`.slice(0, 60).replace(/_+$/, "");
}

function picture(card) {
  const mat = card.querySelector(".frame__mat");
  let image = mat.querySelector("img");
  if (!image) {
    image = new Image();
    image.alt = "";
    mat.replaceChildren(image);
  }
  return image;
}

async function read(input) {
  const file = input.files[0];
  if (!file) return null;
  return new Promise((resolve) => {
    const reader = new FileReader();
    // The page may show data: and its own pictures; blob: is closed to it.
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => resolve(null));
    reader.readAsDataURL(file);
  });
}

async function showIcons() {
  const icon = await read(field("icon"));
  const own = await read(field("icon_locked"));
  if (icon) picture(earned).src = icon;
  if (icon || own) {
    const image = picture(locked);
    image.src = own || icon;
    image.classList.toggle("is-dimmed", !own);
  }
}

form.addEventListener("input", () => {
  showText();
  showChoices();
  if (!field("key").disabled) field("key").placeholder = suggestedKey();
});
form.addEventListener("change", (event) => event.target.type === "file" && showIcons());
showText();
showChoices();
