import { createStore } from "zustand/vanilla";

export interface Toast {
  id: number;
  text: string;
  kind: "info" | "error";
}

const shownFor = 6_000;

/** Short notices that go by themselves. */
export class Toasts {
  readonly store = createStore<Toast[]>(() => []);
  private lastId = 0;

  show(text: string, kind: Toast["kind"] = "info"): void {
    const toast = { id: ++this.lastId, text, kind };
    this.store.setState((toasts) => [...toasts.slice(-2), toast], true);
    setTimeout(() => this.dismiss(toast.id), shownFor);
  }

  dismiss(id: number): void {
    this.store.setState((toasts) => toasts.filter((toast) => toast.id !== id), true);
  }
}
