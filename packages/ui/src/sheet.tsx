import { Drawer } from "@base-ui/react/drawer";
import type { ReactNode } from "react";
import type { rovingItem } from "./roving-focus.ts";

export type SheetProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  /** Keeps the title for screen readers alone. */
  isTitleHidden?: boolean;
  children: ReactNode;
};

/** A drawer that comes up from below with a few choices; a swipe down puts it away. */
export function Sheet({ isOpen, onOpenChange, title, isTitleHidden = false, children }: SheetProps) {
  return (
    <Drawer.Root open={isOpen} onOpenChange={(open) => onOpenChange(open)} swipeDirection="down">
      <Drawer.Portal>
        <Drawer.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-200 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Drawer.Viewport className="fixed inset-0 z-50 flex items-end justify-center">
          <Drawer.Popup className="w-full max-w-120 rounded-t-2xl bg-raised px-3 pb-[max(1rem,env(safe-area-inset-bottom))] shadow-high outline-none [transform:translateY(var(--drawer-swipe-movement-y))] transition-transform duration-300 ease-settle data-[ending-style]:[transform:translateY(100%)] data-[starting-style]:[transform:translateY(100%)] data-[swiping]:duration-0">
            <div aria-hidden="true" className="mx-auto my-3 h-1 w-9 rounded-full bg-line" />
            <Drawer.Content className="flex flex-col gap-1">
              <Drawer.Title className={isTitleHidden ? "sr-only" : "px-3 pb-2 text-lg font-bold"}>{title}</Drawer.Title>
              {children}
            </Drawer.Content>
          </Drawer.Popup>
        </Drawer.Viewport>
      </Drawer.Portal>
    </Drawer.Root>
  );
}

/** One choice of a sheet. */
export function SheetItem({
  item,
  icon,
  children,
  onSelect,
  isDangerous = false,
}: {
  item: ReturnType<typeof rovingItem>;
  icon?: ReactNode;
  children: ReactNode;
  onSelect: () => void;
  isDangerous?: boolean;
}) {
  return (
    <button
      {...item}
      type="button"
      onClick={onSelect}
      className={`flex min-h-13 items-center gap-3 rounded-md px-3 text-left text-base hover:bg-hover ${isDangerous ? "text-danger" : "text-ink"}`}
    >
      {icon}
      <span className="min-w-0 truncate">{children}</span>
    </button>
  );
}
