import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:5001";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
  build: {
    manifest: true,
    // The polyfill is an inline script in disguise for browsers that CSS `light-dark()` already rules out.
    modulePreload: { polyfill: false },
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
  },
  test: {
    // Logic needs no browser; the tests that do say so in their first line.
    environment: "node",
    testTimeout: 30_000,
    restoreMocks: true,
  },
});
