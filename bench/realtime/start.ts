import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Product } from "../product.ts";
import type { Part } from "./part.ts";

export const start: Part = {
  name: "start",
  doc: "an empty data folder, and one that is there: until ready, and memory of everything when idle",
  async measure({ options, collector }) {
    const folder = mkdtempSync(join(tmpdir(), "maru-start-"));
    const data = join(folder, "data");
    try {
      const first = await Product.start({ data });
      collector.add("start.first_ready_ms", "ms", first.readyMs);
      await first.stop();
      for (let run = 0; run < options.runs; run++) {
        const product = await Product.start({ data });
        collector.add("start.ready_ms", "ms", product.readyMs);
        await Bun.sleep(options.isQuick ? 1_000 : 5_000);
        collector.add("start.idle_rss_mb", "mb", product.usage().pssBytes / 1_048_576);
        collector.add("start.server_mb", "mb", product.serverPssBytes / 1_048_576);
        await product.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
