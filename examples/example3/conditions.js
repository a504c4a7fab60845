// Conditional requests and ranges (RFC 9110, sections 13 and 14).

// A file that was written to within the last seconds can change again without its time
// changing, which the disk tells in whole seconds. It has no version until then: neither
// a tag nor a date, by which an old copy would be taken for the new file for ever.
const SETTLED_MS = 2000;

/**
 * Compare what a client has with the file on the disk.
 *
 * `theirs` are the headers of the request, then comes what `look` says of the file; `now`
 * is in milliseconds. Returns `verdict`, the status: 200, 304 or 412; the `range` to ask the
 * disk for, or null; and the `headers` of the answer, with the file's version if it has one.
 */
export function conditions(theirs, { changed, length }, now) {
  const time = Date.parse(changed);
  const tag = `"${(time / 1000).toString(16)}-${Number(length).toString(16)}"`;
  const settled = now - time > SETTLED_MS;
  const headers = new Headers({ "Accept-Ranges": "bytes" });
  if (settled) {
    headers.set("ETag", tag);
    headers.set("Last-Modified", changed);
  }

  const match = theirs.get("If-Match");
  const noneMatch = theirs.get("If-None-Match");
  const unmodified = Date.parse(theirs.get("If-Unmodified-Since"));
  const modified = Date.parse(theirs.get("If-Modified-Since"));
  const known = noneMatch !== null
    ? noneMatch.trim() === "*" || listed(noneMatch, tag, false)
    // A date that is not ours may be that of a copy, made before the file had settled.
    : time === modified || modified - time > SETTLED_MS;
  let verdict = 200;
  if (match !== null ? !(settled && listed(match, tag, true)) && match.trim() !== "*"
                     : time > unmodified) {
    verdict = 412;
  } else if (settled && known) {
    verdict = 304;
  }
  return { verdict, range: range(theirs, { tag, settled, time }), headers };
}

/** Return the header Range if it is one range of bytes, of the version that the client has. */
function range(theirs, { tag, settled, time }) {
  const asked = theirs.get("Range")?.trim() ?? "";
  const found = /^bytes=(\d*)-(\d*)$/.exec(asked);
  if (found === null || asked === "bytes=-") return null;
  const [first, last] = [found[1], found[2]].map(position);
  if (first !== "" && last !== "" && first > last) return null;
  const condition = theirs.get("If-Range")?.trim();
  const same = condition === undefined
    || (settled && (condition === tag || Date.parse(condition) === time));
  return same ? `bytes=${first}-${last}` : null;
}

/** Return a position as a number, if there is one; the disk takes none of twenty digits. */
function position(digits) {
  return digits === "" ? "" : Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/** Whether a list of entity tags has this one; `strictly`: weak ones do not count. */
function listed(list, tag, strictly) {
  return (list.match(/(?:W\/)?"[^"]*"/g) ?? []).some(
    (one) => one === tag || (!strictly && one === `W/${tag}`),
  );
}

// SPDX-License-Identifier: MIT-0
