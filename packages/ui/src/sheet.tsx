import { Drawer } from "@base-ui/react/drawer";
import type { ReactNode } from "react";
import type { rovingItem } from "./roving-focus.ts";

export type SheetProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  /** Keeps the title for screen readers alone. */
  isTitleHidden?: boolean;
  /** Where it comes from: under the thumb on a phone, from the side where there is more space. */
  from?: "below" | "side";
  children: ReactNode;
};

const shapes = {
  below:
    "max-h-[85dvh] w-full max-w-120 self-end rounded-t-2xl pb-[max(1rem,env(safe-area-inset-bottom))] [transform:translateY(var(--drawer-swipe-movement-y))] data-[ending-style]:[transform:translateY(100%)] data-[starting-style]:[transform:translateY(100%)]",
  side: "ml-auto h-full w-90 max-w-[85vw] rounded-l-2xl pt-5 [transform:translateX(var(--drawer-swipe-movement-x))] data-[ending-style]:[transform:translateX(100%)] data-[starting-style]:[transform:translateX(100%)]",
} as const;

/** A drawer over the page; a swipe back to where it came from puts it away. */
export function Sheet({ isOpen, onOpenChange, title, isTitleHidden = false, from = "below", children }: SheetProps) {
  return (
    <Drawer.Root
      open={isOpen}
      onOpenChange={(open) => onOpenChange(open)}
      swipeDirection={from === "below" ? "down" : "right"}
    >
      <Drawer.Portal>
        <Drawer.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-200 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Drawer.Viewport className="fixed inset-0 z-50 flex justify-center">
          <Drawer.Popup
            className={`flex flex-col bg-raised px-3 shadow-high outline-none transition-transform duration-300 ease-settle data-[swiping]:duration-0 ${shapes[from]}`}
          >
            {from === "below" && (
              <div aria-hidden="true" className="mx-auto my-3 h-1 w-9 shrink-0 rounded-full bg-line" />
            )}
            <Drawer.Content className="flex min-h-0 flex-col gap-1">
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
