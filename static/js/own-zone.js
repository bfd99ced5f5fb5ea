/** Offers the time zone of this device where another one is chosen. */
const select = document.querySelector("select[name=time_zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const option = select && [...select.options].find((each) => each.value === own);
const button = document.querySelector("[data-own-zone]");

function show() {
  button.hidden = select.value === own;
}

if (option && button) {
  button.querySelector("[data-zone]").textContent = option.text;
  button.addEventListener("click", () => {
    select.value = own;
    select.focus();
    show();
  });
  select.addEventListener("change", show);
  show();
}
