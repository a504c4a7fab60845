// The list of a directory, for those who ask for one: see LISTING in config.capnp.

/** Return a page with links to what is in a directory; `path` is for its title. */
export function listing(path, entries) {
  const names = [...entries]
    .map(([name, type]) => (type === "directory" ? `${name}/` : name))
    .sort();
  const up = path === "/" ? [] : ["../"];
  const links = [...up, ...names].map((name) => {
    const slash = name.endsWith("/") ? "/" : "";
    const target = name === "../" ? name : `./${encodeURIComponent(name.slice(0, name.length - slash.length))}${slash}`;
    return `<li><a href="${escaped(target)}">${escaped(name)}</a></li>\n`;
  });
  const title = escaped(path);
  return `<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n<ul>\n${links.join("")}</ul>\n`;
}

/** Return text as HTML has it. */
export function escaped(text) {
  const names = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" };
  return text.replace(/[&<>"']/g, (character) => `&${names[character]};`);
}

// SPDX-License-Identifier: MIT-0
