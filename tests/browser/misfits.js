// What does not fit the page at its width: read by tests/browser/fit.py. Text moves in fields and in `.code`, which scrolls.
() => {
  const found = new Set();
  const main = document.querySelector("main");
  const page = document.documentElement;
  const quote = (text) => `"${text.trim().slice(0, 24)}"`;

  const spill = page.scrollWidth - page.clientWidth;
  if (spill > 0) found.add(`the page is ${spill} px too wide`);

  // What an element cuts off beside what it shows.
  for (const element of main.querySelectorAll("*")) {
    const hides = ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
    if (!hides || element.clientWidth < 2 || element.matches("input, .visually-hidden")) continue;
    const missing = element.scrollWidth - element.clientWidth;
    if (missing > 0) found.add(`${element.className || element.tagName} cuts off ${missing} px`);
  }

  const boxOf = (element) => {
    while (/^(inline|contents)$/.test(getComputedStyle(element).display)) element = element.parentElement;
    return element.getBoundingClientRect();
  };
  const lines = [];
  const range = document.createRange();
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (parent.closest(".visually-hidden, .preferences__road, .docs-reference, .code, select, textarea")) continue;
    // Words of usual length that a table breaks between two lines.
    for (const { 0: word, index } of parent.closest("td, th") ? node.data.matchAll(/[\p{L}\p{N}]+/gu) : []) {
      if (word.length > 12) continue;
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].filter((line) => line.width).map((line) => Math.round(line.top)));
      if (tops.size > 1) found.add(`"${word}" is broken`);
    }
    range.selectNodeContents(node);
    const box = boxOf(parent);
    for (const line of range.getClientRects()) {
      const outside = Math.round(Math.max(line.right - box.right, box.left - line.left));
      if (outside > 1) found.add(`${quote(node.data)} leaves its box by ${outside} px`);
      // A line's letters are lower than its box; what is pinned lies over the page on purpose.
      const slack = line.height / 4;
      if (parent.closest(".board-pinned")) continue;
      lines.push({ node, left: line.left, right: line.right, top: line.top + slack, bottom: line.bottom - slack });
    }
  }
  lines.sort((one, other) => one.top - other.top);
  for (const [index, line] of lines.entries()) {
    for (let next = index + 1; next < lines.length && lines[next].top < line.bottom; next += 1) {
      const other = lines[next];
      const shared = Math.min(line.right, other.right) - Math.max(line.left, other.left);
      if (other.node !== line.node && shared > 1) found.add(`${quote(line.node.data)} overlaps ${quote(other.node.data)}`);
    }
  }

  // Last, as open menus lie over the page.
  const closed = [...document.querySelectorAll("details.menu:not([open])")];
  for (const menu of closed) menu.open = true;
  for (const menu of closed) {
    const sheet = menu.querySelector(".menu__sheet");
    const { left, right } = sheet.getBoundingClientRect();
    const name = quote(menu.querySelector("summary").textContent || "menu");
    if (left < 0 || right > page.clientWidth) found.add(`the menu ${name} leaves the page, ${left} to ${right}`);
    if (sheet.scrollWidth > sheet.clientWidth) found.add(`the menu ${name} scrolls sideways`);
  }
  for (const menu of closed) menu.open = false;
  return [...found];
}
