import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { redlineApi } from "./dev/api.mjs";

// REDLINE_URL names a `redline serve` that answers the API; without it `redline batch` does.
const served = process.env.REDLINE_URL;
const proxy = served
  ? { "/v1": { target: served, changeOrigin: true, headers: { origin: served } } }
  : {};

export default defineConfig({
  plugins: [
    svelte({ configFile: false, compilerOptions: { runes: true } }),
    ...(served ? [] : [redlineApi()]),
  ],
  server: { proxy },
  preview: { proxy },
  build: {
    // The bundle is committed and embedded in the program, so the same sources give the same bytes.
    outDir: "dist",
    sourcemap: false,
    target: "es2022",
    // The content policy of the server allows no inline scripts and no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // ECharts is one chunk of its own, asked for only where a chart is drawn.
    chunkSizeWarningLimit: 800,
  },
  test: { include: ["src/**/*.test.ts"] },
});
