import { AccountApi } from "@/shared/api/account-api";
import { ChatApi } from "@/shared/api/chat-api";
import { Http } from "@/shared/api/http";
import { RequestFailed } from "@/shared/api/problem";
import type { OwnUser } from "@/shared/api/wire";
import { Toasts } from "@/shared/ui/toasts";
import { ChatSession, type Kept } from "./chat-session";
import { ChatStore } from "./chat-store";
import { BrowserKeyValue } from "./key-value";

const retryDelay = 3_000;
/** Who was signed in last, so that their chat is there before the server has answered. */
const lastUser = "parley.me";

const reasons: Record<string, string> = {
  other_user: "Somebody else signed in on this browser.",
  password_changed: "Your password was changed. Please log in again.",
};

/** The whole client behind the pages: the store, the calls, and the session of whoever is signed in. */
export class ChatClient {
  readonly store = new ChatStore();
  readonly toasts = new Toasts();
  readonly values = new BrowserKeyValue();
  readonly account: AccountApi;
  readonly api: ChatApi;
  private current: ChatSession | null = null;
  /** The end of the old session is expected then, and no news. */
  private resigning = false;

  constructor(http: Http = new Http()) {
    this.account = new AccountApi(http);
    this.api = new ChatApi(http);
    http.onSignedOut = () => this.ended(null);
    this.store.subscribe(({ me }, before) => {
      if (me && me !== before.me) this.values.set(lastUser, JSON.stringify(me));
    });
  }

  /** Only pages behind the login use it, and there is one whenever someone is signed in. */
  get session(): ChatSession {
    if (!this.current) throw new Error("Nobody is signed in.");
    return this.current;
  }

  /** Shows the chat of whoever was here last; the connection finds out whether they still are. Else asks the server. */
  async start(): Promise<void> {
    const last = this.remembered();
    if (last) return this.begin(last);
    for (;;) {
      try {
        return await this.begin((await this.account.me()).user);
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        if (!error.isTransient) return this.store.signOut();
        await new Promise((resolve) => setTimeout(resolve, retryDelay));
      }
    }
  }

  async login(username: string, password: string): Promise<void> {
    await this.begin(await this.account.login(username, password));
  }

  /** Forgets unsent messages and drafts too; `onOver` runs as the last thing before the pages notice. */
  async logout(onOver: () => void): Promise<void> {
    this.resigning = true; // the socket may hear of it before the reply is here
    try {
      await this.account.logout();
    } finally {
      this.resigning = false;
    }
    onOver();
    await this.end("nothing");
  }

  /** A new password ends every session of the account; this browser signs in again at once. */
  async changePassword(me: OwnUser, from: string, to: string): Promise<void> {
    this.resigning = true;
    try {
      await this.account.change({ current_password: from, password: to });
      await this.login(me.username, to).catch(() => this.end("unsent"));
    } finally {
      this.resigning = false;
    }
  }

  private async begin(me: OwnUser): Promise<void> {
    await this.current?.close();
    this.store.setOutbox([]);
    this.current = new ChatSession(me, {
      store: this.store,
      api: this.api,
      values: this.values,
      whoAmI: () => this.account.me(),
      onEnded: (code) => this.ended(code),
    });
    await this.current.start();
  }

  private remembered(): OwnUser | null {
    try {
      return JSON.parse(this.values.get(lastUser) ?? "null") as OwnUser | null;
    } catch {
      return null;
    }
  }

  private ended(code: string | null): void {
    if (!this.current || this.resigning) return;
    void this.end("unsent");
    this.toasts.show((code && reasons[code]) ?? "You have been signed out. Please log in again.");
  }

  /** The pages see at once that it is over, whatever the browser still has to clear away. */
  private async end(kept: Kept): Promise<void> {
    const over = this.current?.close(kept);
    this.current = null;
    this.values.remove(lastUser);
    this.store.signOut();
    await over;
  }
}
