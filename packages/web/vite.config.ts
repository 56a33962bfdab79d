import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

// Where a running Culprit answers while the page is served by Vite.
const target = process.env.CULPRIT_URL ?? "http://127.0.0.1:16686";

const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { proxy: { "/api": target } },
  preview: { proxy: { "/api": target } },
  build: { target: "es2023", modulePreload: { polyfill: false } },
});

export default config;
