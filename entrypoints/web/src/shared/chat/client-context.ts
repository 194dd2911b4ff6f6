import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { ChatClient } from "./chat-client";
import type { ChatState } from "./chat-store";

export const ClientContext = createContext<ChatClient | null>(null);

export function useClient(): ChatClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("ClientContext is missing above this component.");
  return client;
}

/** A piece of the chat's state. Select values that are in the store; what is computed anew each time would loop. */
export function useChat<T>(select: (state: ChatState) => T): T {
  const { store } = useClient();
  return useStore({ subscribe: store.subscribe, getState: store.get, getInitialState: store.getInitialState }, select);
}
