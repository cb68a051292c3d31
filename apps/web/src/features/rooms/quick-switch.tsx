import type { RoomSummary } from "@maru/protocol";
import { Avatar, Dialog, isInputMethodPress, TextField } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { clsx } from "clsx";
import { type KeyboardEvent, useId, useState } from "react";
import { useWords } from "../../shell/i18n/index.ts";
import { findPartner, titleOfRoom } from "./room-names.ts";

/** Most rooms shown at once: more words narrow it further. */
const shownRooms = 7;

export type QuickSwitchProps = {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  rooms: readonly RoomSummary[];
};

/** Goes to a conversation by a few letters of its name. */
export function QuickSwitch({ isOpen, onOpenChange, rooms }: QuickSwitchProps) {
  const { t } = useWords();
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t("rooms.quick.title")}>
      <Finder rooms={rooms} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Finder({ rooms, onDone }: { rooms: readonly RoomSummary[]; onDone: () => void }) {
  const { t, locale } = useWords();
  const router = useRouter();
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const wanted = query.trim().toLocaleLowerCase(locale);
  const found = rooms
    .map((room) => ({ room, title: titleOfRoom(room, locale, t("rooms.unknown")) }))
    .filter(({ title }) => title.toLocaleLowerCase(locale).includes(wanted))
    .slice(0, shownRooms);
  const go = (room: RoomSummary | undefined) => {
    if (!room) return;
    onDone();
    void router.navigate({ to: "/rooms/$roomId", params: { roomId: room.id } });
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
      className="flex flex-col gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        go(found[at]?.room);
      }}
    >
      <TextField
        label={t("rooms.quick.label")}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        autoComplete="off"
        value={query}
        onValueChange={(value) => {
          setQuery(value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t("rooms.list")} className="flex min-h-40 flex-col gap-0.5">
        {found.map(({ room, title }, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys
          <div
            key={room.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => go(room)}
            onPointerMove={() => setAt(index)}
            className={clsx(
              "flex min-h-12 cursor-pointer items-center gap-3 rounded-md px-3",
              index === at && "bg-hover",
            )}
          >
            <Avatar seed={findPartner(room)?.avatarSeed ?? room.id} size={32} />
            <span className="truncate">{title}</span>
          </div>
        ))}
      </div>
      <p role="status" className="text-center text-sm text-ink-muted empty:hidden">
        {found.length === 0 ? t("rooms.quick.empty") : ""}
      </p>
    </form>
  );
}
