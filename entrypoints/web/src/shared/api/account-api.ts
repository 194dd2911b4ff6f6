import type { Http } from "./http";
import type { Device, DevicesPage, Me, OwnUser } from "./wire";

export interface Registration {
  username: string;
  password: string;
  email?: string;
  name?: string;
  invite?: string;
}

export interface ProfileChange {
  name?: string;
  email?: string | null;
  password?: string;
  current_password?: string;
}

/** One's own account and devices over REST. */
export class AccountApi {
  constructor(private readonly http: Http) {}

  register(registration: Registration): Promise<unknown> {
    return this.http.post("/api/register", registration);
  }

  /** Signs in by cookie: no script ever holds a token. */
  async login(username: string, password: string): Promise<OwnUser> {
    return (await this.http.post<{ user: OwnUser }>("/api/login", { username, password, cookie: true })).user;
  }

  logout(): Promise<unknown> {
    return this.http.post("/api/logout");
  }

  me(): Promise<Me> {
    return this.http.get<Me>("/api/me");
  }

  async change(change: ProfileChange): Promise<OwnUser> {
    return (await this.http.patch<{ user: OwnUser }>("/api/me", change)).user;
  }

  async devices(): Promise<Device[]> {
    const devices: Device[] = [];
    let cursor: string | null = null;
    do {
      const page: DevicesPage = await this.http.get<DevicesPage>("/api/sessions", { cursor });
      devices.push(...page.sessions);
      cursor = page.next;
    } while (cursor);
    return devices;
  }

  revoke(device: Device): Promise<unknown> {
    return this.http.delete(`/api/sessions/${device.id}`);
  }
}
