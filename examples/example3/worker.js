// A static web server. DISK is the directory, read-only; see config.capnp. DISK answers
// with the bytes of a file, or of a range of it; what the web expects besides is here.
import { conditions } from "./conditions.js";
import { find, look } from "./files.js";
import { escaped, listing } from "./listing.js";
import { contentType } from "./types.js";

export default {
  async fetch(request, env) {
    const response = await answer(request, env);
    // Browsers are to believe the content type, and not to guess another.
    response.headers.set("X-Content-Type-Options", "nosniff");
    // They may keep a copy, and are to ask each time whether it is still right. Without
    // this they would guess for how long: a new page with an old style, for example.
    response.headers.set("Cache-Control", "no-cache");
    return response;
  },
};

// A name or an address, and perhaps a port.
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d*)?$/i;

async function answer(request, env) {
  // request.url is scheme, Host header, path and query, put together as sent: a slash in
  // the header would be read as the start of the path. Two headers are joined by a comma.
  const host = request.headers.get("Host");
  const target = request.url.slice("http://".length + host.length);
  if (!HOST.test(host) || !URL.canParse(`http://${host}`) || !target.startsWith("/")) {
    return page(request, 400, "This is not a request for a page.");
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return page(request, 405, "This server only answers GET and HEAD.", { Allow: "GET, HEAD" });
  }
  const url = new URL(`http://site${target}`);
  const found = await find(env.DISK, url.pathname);
  if (found === null) return missing(request, env);
  if (!found.directory) return file(request, env, found.path);
  if (!url.pathname.endsWith("/")) {
    // With the slash, relative links in the page lead to where they should. `find` has
    // made sure that the path does not start with two slashes: another host, that would be.
    return page(request, 301, "It is here, with a slash at the end.", {
      Location: `${url.pathname}/${url.search}`,
    });
  }
  if (found.entries.get("index.html") === "file") {
    return file(request, env, `${found.path}index.html`);
  }
  if (env.LISTING) {
    return html(request, 200, listing(decodeURIComponent(url.pathname), found.entries));
  }
  return missing(request, env);
}

/** Answer with a file, a range of it, or the news that it has not changed. */
async function file(request, env, path, status = 200) {
  const about = await look(env.DISK, path);
  if (about === null) {
    if (status === 200) return missing(request, env);
    return page(request, 404, "There is no such page here."); // not even the page for that
  }
  const { verdict, range, headers } = conditions(request.headers, about, Date.now());
  headers.set("Content-Type", contentType(path));
  if (status !== 200) {
    // The site's own page for an error: nobody asked for this file by its name.
    headers.delete("ETag");
    headers.delete("Last-Modified");
    headers.delete("Accept-Ranges");
  } else if (verdict !== 200) {
    headers.delete("Content-Type");
    return new Response(null, { status: verdict, headers });
  }
  if (request.method === "HEAD") {
    headers.set("Content-Length", about.length);
    return new Response(null, { status, headers });
  }
  const wanted = status === 200 && range ? { Range: range } : {};
  const body = await env.DISK.fetch(`http://disk${path}`, { headers: wanted });
  if (body.status !== 200 && body.status !== 206 && body.status !== 416) {
    return page(request, 404, "There is no such page here."); // it went away just now
  }
  for (const name of ["Content-Length", "Content-Range"]) {
    if (body.headers.has(name)) headers.set(name, body.headers.get(name));
  }
  if (body.status === 416) headers.set("Content-Type", "text/plain; charset=utf-8");
  return new Response(body.body, { status: status === 200 ? body.status : status, headers });
}

/** Answer that there is nothing here: with the site's own page, if it has one. */
async function missing(request, env) {
  const own = await find(env.DISK, "/404.html");
  return own !== null && !own.directory
    ? file(request, env, own.path, 404)
    : page(request, 404, "There is no such page here.");
}

/** Answer with a sentence. */
function page(request, status, text, headers = {}) {
  const body = `<!doctype html>\n<title>${status}</title>\n<p>${escaped(text)}</p>\n`;
  return html(request, status, body, headers);
}

function html(request, status, text, headers = {}) {
  const bytes = new TextEncoder().encode(text);
  return new Response(request.method === "HEAD" ? null : bytes, {
    status,
    headers: {
      ...headers,
      "Content-Length": String(bytes.length),
      "Content-Type": "text/html; charset=utf-8",
      // Nothing on these pages is to be loaded or run.
      "Content-Security-Policy": "default-src 'none'",
    },
  });
}

// SPDX-License-Identifier: MIT-0
