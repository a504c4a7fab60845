// From the path of a URL to a file, and never to anything else.
//
// workerd's disk service follows symbolic links, also out of the directory that it
// serves. So each step of the path is looked up in the list of its directory, where a
// link is told from a file; links are treated as if they were not there.

/**
 * Find what a path means.
 *
 * Returns null for nothing that may be served; otherwise `path`, encoded as the disk
 * service takes it, whether it is a `directory`, and then its `entries`: a Map from the
 * name to "file" or "directory".
 */
export async function find(disk, pathname) {
  const names = split(pathname);
  if (names === null) return null;
  let path = "/";
  let entries = await list(disk, path);
  for (const [number, name] of names.entries()) {
    const kind = entries?.get(name);
    if (kind === "file") {
      // A file has nothing below it, not even a slash.
      const last = number === names.length - 1 && !pathname.endsWith("/");
      return last ? { path: `${path}${encodeURIComponent(name)}`, directory: false } : null;
    }
    if (kind !== "directory") return null;
    path += `${encodeURIComponent(name)}/`;
    entries = await list(disk, path);
  }
  return entries ? { path, directory: true, entries } : null;
}

/** Return the names in a path, decoded once; null if one of them is not a plain name. */
function split(pathname) {
  const parts = pathname.slice(1).split("/");
  if (parts.at(-1) === "") parts.pop(); // the slash at the end
  const names = [];
  for (const part of parts) {
    let name;
    try {
      name = decodeURIComponent(part);
    } catch {
      return null; // %zz, or bytes that are not UTF-8
    }
    // Hidden files, `.` and `..` start with a dot. An encoded slash or NUL is no name.
    if (name === "" || name.startsWith(".") || /[/\\\0]/.test(name)) return null;
    names.push(name);
  }
  return names;
}

/** Return the files and directories in a directory; null if it is none. */
async function list(disk, path) {
  const response = await disk.fetch(`http://disk${path}`);
  if (response.status !== 200 || response.headers.get("Content-Type") !== "application/json") {
    await response.body?.cancel();
    return null;
  }
  const found = await response.json().catch(() => unreadable(path));
  if (found === null) return null;
  const entries = new Map();
  for (const { name, type } of found) {
    // A name that is not UTF-8 arrives as one with U+FFFD, which may be that of a link.
    const hidden = name.startsWith(".") || name.includes("\ufffd");
    if (!hidden && (type === "file" || type === "directory")) entries.set(name, type);
  }
  return entries;
}

/**
 * Look at a file: returns its `length`, and when it was `changed`, as HTTP has it; null if
 * it is not there or cannot be read.
 *
 * The disk service answers before it opens a file, and then breaks off. So the first byte
 * is read; an empty file has none.
 */
export async function look(disk, path) {
  const url = `http://disk${path}`;
  try {
    let about = await disk.fetch(url, { headers: { Range: "bytes=0-0" } });
    if (about.status === 416) about = await disk.fetch(url);
    await about.arrayBuffer();
    if (about.status === 404) return null; // it went away just now
    const whole = about.headers.get("Content-Range")?.split("/")[1];
    return {
      length: whole ?? about.headers.get("Content-Length"),
      changed: about.headers.get("Last-Modified"),
    };
  } catch {
    return unreadable(path);
  }
}

/** Tell the journal why nobody gets what is there. */
function unreadable(path) {
  console.error(`cannot read ${path} in the site: may others read it?`);
  return null;
}

// SPDX-License-Identifier: MIT-0
