import "@/shared/styles/tokens.css";
import "@/shared/styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { ChatClient } from "@/shared/chat/chat-client";
import { ClientContext } from "@/shared/chat/client-context";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");

const client = new ChatClient();
void client.start();

createRoot(root).render(
  <StrictMode>
    <ClientContext value={client}>
      <App />
    </ClientContext>
  </StrictMode>,
);
