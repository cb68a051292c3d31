import { loadActions } from "./actions/actions.tsx";
import { loadMenu } from "./menu/menu.tsx";
import { loadToasts } from "./toast/toast.tsx";

/** Fetches what opens at a press before it is pressed, so that it opens at once, and without network too. */
export async function preloadOverlays(): Promise<void> {
  await Promise.all([loadActions(), loadMenu(), loadToasts()]);
}
