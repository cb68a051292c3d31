import type { SignedInParts } from "../../shell/feature.ts";
import { MeIcon } from "./me-icon.tsx";

export const parts: SignedInParts = {
  navigation: [{ to: "/settings", label: "nav.me", Icon: MeIcon, rank: 90, isAtFoot: true }],
};
