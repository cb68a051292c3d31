import { Button } from "@maru/ui";
import type { RoomAction } from "../../../shell/frame/slots.tsx";

/** Takes the composer's place where nothing can be said any more. */
export function ClosedBar({ reason, actions }: { reason: string; actions: readonly RoomAction[] }) {
  return (
    <div className="animate-rise px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-5">
      <div className="mx-auto flex min-h-14 max-w-200 items-center justify-between gap-3 forced-edge rounded-2xl bg-sunken py-1.5 pr-1.5 pl-5">
        <p role="status" className="text-md text-ink-muted">
          {reason}
        </p>
        {actions.map(({ key, label, onSelect }) => (
          <Button key={key} onClick={onSelect}>
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
