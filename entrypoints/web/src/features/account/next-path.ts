const home = "/chat";
const pages = /^\/(chat|settings)(\/|$)/;

/** Where to go after logging in: a page of this client, whatever the address says. */
export function safeNext(wanted: string | null): string {
  if (!wanted || !wanted.startsWith("/") || isSuspicious(wanted)) return home;
  const { origin, pathname, search } = new URL(wanted, "http://here.invalid");
  return origin === "http://here.invalid" && pages.test(pathname) ? pathname + search : home;
}

/** The address of the login page that leads back to `path`. */
export function loginPath(path: string): string {
  const next = safeNext(path);
  return next === home ? "/login" : `/login?next=${encodeURIComponent(next)}`;
}

/** Slashes and control characters that a browser might read as another host, however often they are encoded. */
function isSuspicious(path: string): boolean {
  let decoded = path;
  for (let depth = 0; depth < 5; depth++) {
    // oxlint-disable-next-line no-control-regex -- browsers drop them, and "/\t/host" becomes another host
    if (/\\|\/\/|[\u0000-\u001f\u007f]|\/\.\.?(\/|$)/.test(decoded)) return true;
    const next = decodedOnce(decoded);
    if (next === null) return true;
    if (next === decoded) return false;
    decoded = next;
  }
  return true;
}

function decodedOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
