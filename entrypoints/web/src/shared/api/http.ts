import { parseProblem, RequestFailed } from "./problem";

type Query = Record<string, string | number | null | undefined>;

/** JSON over HTTP on the same origin; the session cookie goes along by itself. */
export class Http {
  /** Called when the server no longer knows the session. */
  onSignedOut: () => void = () => {};

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.request<T>("GET", path + queryString(query));
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.request<T>("POST", path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>("PUT", path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>("PATCH", path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.request<T>("DELETE", path);
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.fetch(method, path, body);
    const json: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      if (json === undefined && response.status !== 204) throw RequestFailed.noAnswer(); // the server died within it
      return json as T;
    }
    const failure = new RequestFailed(parseProblem(json, response.status), secondsToWait(response));
    if (failure.status === 401 && path !== "/api/login") this.onSignedOut();
    throw failure;
  }

  private async fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      return await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
      throw RequestFailed.noAnswer();
    }
  }
}

function secondsToWait(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After"));
  return seconds > 0 ? seconds : null;
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? "?" + new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString() : "";
}
