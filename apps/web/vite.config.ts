import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where the API and the sockets are while the page is served by Vite itself. */
const server = process.env.MARU_DEV_SERVER ?? "http://localhost:8080";

/**
 * Modules of the frame: frame, hall and conversations without what comes late or is part of every page. Whatever only they
 * need is named too: left outside, it would lie with one of their entries, and the two would need each other.
 */
const frame = new RegExp(
  [
    "apps/web/src/app/(signed-in-layout|frame/)",
    "apps/web/src/features/match/(?!feature|index|i18n/|palette-entries)",
    "apps/web/src/features/palette/signed-in",
    "apps/web/src/features/settings/(signed-in|me-icon)",
    "apps/web/src/features/rooms/(?!feature|index|i18n/|palette-entries|composer/(app-)?drafts|detail/members|links/link-|links/links|list/(direct|list-search)|timeline/(message-actions\\.|use-message-items|use-copy|date-dialog))",
    "apps/web/src/shell/(frame/(slots|layout|detail-pane|detail-place|list-width|banners|waiting-count)|ask-dialog|now|occupation|palette|palette-entry|time|use-once)\\.",
    "packages/ui/src/(roving-focus|actions/actions|menu/menu|badge|banner|skeleton|preload-overlays)\\.",
    "node_modules/virtua/",
  ].join("|"),
);

/** Small modules that every page needs: what features register, the words' own program, and the simplest elements. */
const everyPage = new RegExp(
  [
    "apps/web/src/features/[^/]+/(feature|keep-next|sign-up-steps|list/list-search|composer/(app-)?drafts)\\.",
    "apps/web/src/.+/i18n/(words|landing|place|place-(ko|en))\\.ts",
    "apps/web/src/shell/(i18n/(index|words)|storage|when-idle|lazy-module|keep-asking|error-messages|hold-navigation|safe-path|read-fault|root-route|use-page-title|device-name|landing-kind|frame/use-detail)\\.",
    "packages/ui/src/(button|format-badge|toast/toast|toast/toast-queue|tooltip|enter-key/.+|logo|empty-state|written|icon-button|spinner)\\.",
  ].join("|"),
);

export default defineConfig({
  root: here("."),
  plugins: [react(), tailwindcss()],
  // The SDK's sources, so that a change there shows without building it first.
  resolve: {
    // Vite cuts paths at #, so ./maru has it build such a checkout by way of a link, and there it has to stay.
    preserveSymlinks: here(".").includes("#"),
    alias: { "@maru/client": here("../../packages/client/src/index.ts") },
  },
  build: {
    outDir: here("./dist"),
    emptyOutDir: true,
    // Which file needs which others: the check of the first load reads it.
    manifest: true,
    // Nothing as a data: address: the page's policy names this origin only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What every page needs comes in a few large files: a hundred small ones compress a tenth worse.
        codeSplitting: {
          groups: [
            { name: "react-dom", test: /node_modules\/(react-dom|scheduler)\// },
            {
              name: "frame",
              test: /node_modules\/(react|@tanstack\/(history|react-router|react-store|router-core|store)|use-sync-external-store|clsx)\//,
            },
            { name: "every-page", test: everyPage, includeDependenciesRecursively: false },
            { name: "icons", test: /node_modules\/lucide-react\// },
            // What whoever is signed in always needs; what opens at a press is left out, and comes with it.
            { name: "frame", test: frame, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/realtime": { target: server, ws: true },
      // The rest of what the server answers, and nothing that only begins like it.
      "^/(api|dev|\\.well-known)/": server,
      "^/(terms|privacy|healthz|readyz|legal\\.css)(\\?|$)": server,
    },
  },
});
