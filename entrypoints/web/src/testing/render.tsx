import "@testing-library/jest-dom/vitest";
import { cleanup, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { Http } from "@/shared/api/http";
import { type Problem, RequestFailed } from "@/shared/api/problem";
import { ChatClient } from "@/shared/chat/chat-client";
import { ClientContext } from "@/shared/chat/client-context";

afterEach(cleanup);

interface Call {
  method: string;
  path: string;
  body: unknown;
}

/** HTTP whose server refuses everything with one problem, and keeps what was asked of it. */
export class RefusingHttp extends Http {
  readonly calls: Call[] = [];

  constructor(private readonly problem: Partial<Problem>) {
    super();
  }

  override async post<T>(path: string, body: unknown): Promise<T> {
    this.calls.push({ method: "POST", path, body });
    throw new RequestFailed({ title: "", status: 422, detail: "", code: "", errors: [], ...this.problem });
  }
}

export function renderAt(path: string, page: ReactNode, http: Http) {
  const [pathname, search = ""] = path.split("?");
  const { hook, searchHook } = memoryLocation({ path: pathname, searchPath: search });
  render(
    <ClientContext value={new ChatClient(http)}>
      <Router hook={hook} searchHook={searchHook}>
        {page}
      </Router>
    </ClientContext>,
  );
  return userEvent.setup();
}
