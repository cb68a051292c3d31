import { Toast as BaseToast } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useEffect } from "react";
import { toastQueue } from "./toast-queue.ts";

const manager = BaseToast.createToastManager();

function showWaiting(): void {
  for (const { text, tone } of toastQueue.take()) {
    manager.add({
      title: text,
      type: tone,
      timeout: tone === "bad" ? 6_000 : 3_000,
      priority: tone === "bad" ? "high" : "low",
    });
  }
}

/** The place where toasts stand. */
export function ToastViewport({ label }: { label: string }) {
  useEffect(() => {
    const stop = toastQueue.subscribe(showWaiting);
    showWaiting();
    return stop;
  }, []);
  return (
    <BaseToast.Provider toastManager={manager} limit={3}>
      <BaseToast.Portal>
        <BaseToast.Viewport
          aria-label={label}
          className="pointer-events-none fixed inset-x-0 top-[calc(env(safe-area-inset-top)+var(--banner-height,0px)+4.5rem)] z-60 mx-auto flex w-full max-w-100 flex-col items-center gap-2 px-4"
        >
          <Toasts />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  );
}

function Toasts() {
  const { toasts } = BaseToast.useToastManager();
  return toasts.map((toast) => (
    <BaseToast.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["up", "right", "left"]}
      className="pointer-events-auto w-fit max-w-full rounded-full bg-ink px-4 py-2.5 text-sm font-medium text-paper shadow-high transition-[transform,opacity] duration-300 ease-settle data-[ending-style]:-translate-y-3 data-[starting-style]:-translate-y-3 data-[limited]:hidden data-[ending-style]:opacity-0 data-[starting-style]:opacity-0"
    >
      <BaseToast.Content className="flex items-center gap-2">
        {toast.type === "good" && <CircleCheck size={18} aria-hidden className="shrink-0" />}
        {toast.type === "bad" && <CircleAlert size={18} aria-hidden className="shrink-0" />}
        <BaseToast.Title render={<p />} />
      </BaseToast.Content>
    </BaseToast.Root>
  ));
}
