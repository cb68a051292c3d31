import { texts } from "../../../shell/storage.ts";
import { createDrafts } from "./drafts.ts";

/** The drafts of this device. */
export const drafts = createDrafts(texts);
