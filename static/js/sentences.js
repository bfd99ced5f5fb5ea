/** The page's words with values in them: scripts have none of their own, so that they come in the page's language. */

/** Fills a sentence of the element's data: {count}, {game}. For a count of one it is the sentence whose name ends in One. */
export function sentence(element, name, values) {
  const form = values.count === 1 ? `${name}One` : name;
  return element.dataset[form].replace(/\{(\w+)\}/g, (_, key) => values[key].toLocaleString(document.documentElement.lang));
}
