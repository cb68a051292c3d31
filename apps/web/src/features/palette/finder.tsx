import { useClient, useRoomList } from "@maru/react";
import { Dialog, isInputMethodPress, TextField, Written } from "@maru/ui";
import { clsx } from "clsx";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { type PaletteEntry, paletteGroups, type UsePaletteEntries } from "../../shell/palette-entry.ts";
import { findEntries } from "./entries.ts";
import { useWords } from "./i18n/index.ts";

/** Pages of rooms that one search fetches at most. */
const mostPages = 20;

export type FinderProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** What features let people find: the same list at every drawing. */
  sources: readonly UsePaletteEntries[];
};

/** Finds conversations, pages, actions and people by a few letters, and goes there or does it. */
export function Finder({ isOpen, onOpenChange, sources }: FinderProps) {
  const { t } = useWords();
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t("find.title")}>
      <FinderForm sources={sources} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function FinderForm({ sources, onDone }: { sources: FinderProps["sources"]; onDone: () => void }) {
  const { t } = useWords();
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is the same at every drawing
  const entries = sources.flatMap((useEntries) => useEntries(query));
  const found = findEntries(entries, query);
  const names = {
    rooms: t("groups.rooms"),
    actions: t("groups.actions"),
    places: t("groups.places"),
    people: t("groups.people"),
  };
  const list = useRef<HTMLDivElement>(null);
  useOlderRooms(query !== "" && !found.some(({ group }) => group === "rooms"));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the one that is pointed at is brought into sight
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, query]);
  const choose = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    onDone();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isInputMethodPress(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || found.length === 0) return;
    setAt((at + step + found.length) % found.length);
    event.preventDefault();
  };
  return (
    <form
      className="flex min-h-0 flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        choose(found[at]);
      }}
    >
      <TextField
        label={t("find.label")}
        hint={t("find.hint")}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        autoComplete="off"
        autoFocus
        value={query}
        onValueChange={(value) => {
          setQuery(value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={t("find.results")}
        className="flex max-h-[min(24rem,50dvh)] min-h-40 flex-col gap-2 overflow-y-auto"
      >
        {paletteGroups.map((group) => {
          const shown = found.map((entry, index) => ({ entry, index })).filter(({ entry }) => entry.group === group);
          if (shown.length === 0) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own
            <div key={group} role="group" aria-labelledby={`${id}-${group}`} className="flex flex-col gap-0.5">
              <p id={`${id}-${group}`} role="presentation" className="px-3 pt-1 text-xs font-semibold text-ink-muted">
                {names[group]}
              </p>
              {shown.map(({ entry, index }) => (
                // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys
                <div
                  key={entry.key}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === at}
                  onClick={() => choose(entry)}
                  onPointerMove={() => setAt(index)}
                  className={clsx(
                    "flex min-h-11 shrink-0 cursor-pointer items-center gap-3 rounded-md px-3",
                    index === at && "bg-hover",
                  )}
                >
                  <span className="flex w-8 shrink-0 justify-center text-ink-muted">{entry.icon}</span>
                  <Written className="truncate">{entry.label}</Written>
                </div>
              ))}
            </div>
          );
        })}
      </div>
      <p role="status" className="text-center text-sm text-ink-muted empty:hidden">
        {found.length === 0 ? t("find.empty") : ""}
      </p>
    </form>
  );
}

/** Fetches rooms further down the list while none that is loaded matches. */
function useOlderRooms(isWanted: boolean): void {
  const client = useClient();
  const { rooms, hasMore } = useRoomList();
  const pages = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that came may call for the next
  useEffect(() => {
    if (!isWanted || !hasMore || pages.current >= mostPages) return;
    pages.current++;
    void client.rooms.loadMore();
  }, [client, isWanted, hasMore, rooms.length]);
}
