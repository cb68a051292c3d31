import { lazy, type ReactNode, Suspense, useSyncExternalStore } from "react";
import { type QueuedToast, toastQueue } from "./toast-queue.ts";

export type ToastTone = QueuedToast["tone"];

export const loadToasts = () => import("./toast-viewport.tsx");

/** Comes with the first toast. */
const ToastViewport = lazy(() => loadToasts().then((module) => ({ default: module.ToastViewport })));

/** Shows a toast from anywhere; never the only place where something is said. */
export function showToast(
  text: string,
  tone: ToastTone = "plain",
  more: Pick<QueuedToast, "action" | "signal"> = {},
): void {
  toastQueue.push({ text, tone, ...more });
}

/** Shows toasts at the top. Stands once, around everything; `label` names the region. */
export function ToastProvider({ label, children }: { label: string; children: ReactNode }) {
  const hasToast = useSyncExternalStore(toastQueue.subscribe, toastQueue.hasAny);
  return (
    <>
      {children}
      {hasToast && (
        <Suspense>
          <ToastViewport label={label} />
        </Suspense>
      )}
    </>
  );
}
