import type { RoomKind, RoomSummary } from "@maru/protocol";
import type { MenuItem } from "@maru/ui";
import { type ComponentType, createContext, type ReactNode, type SVGProps, use, useCallback } from "react";
import type { Text } from "../i18n/index.ts";
import type { Question } from "../question.ts";

/** What can be done with the room on screen. */
export type RoomAction = {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  /** Lowest first: where there is no space for all, the last go into the menu. */
  readonly rank: number;
  /** Shows its label beside the icon where there is space. */
  readonly hasWords?: boolean;
  readonly onSelect: () => void;
};

export type RoomActionContext = {
  readonly room: RoomSummary;
  /** Asks once more before what cannot be taken back. */
  readonly ask: (question: Question) => void;
};

/** Something besides text that can be put into a message. */
export type ComposerAction = {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  /** `add`: in the menu of ＋; `beside`: a button of its own beside the text. */
  readonly place: "add" | "beside";
  readonly rank: number;
  readonly onSelect: () => void;
};

export type ComposerContext = {
  readonly roomId: string;
  /** Puts a text where the cursor is. */
  readonly insert: (text: string) => void;
};

/** What a message is to those who offer something to do with it. */
export type MessageFacts = {
  readonly roomId: string;
  readonly seq: number;
  readonly text: string;
  readonly isMine: boolean;
  readonly canPost: boolean;
};

/** Something about a room that opens beside it: one at a time. */
export type DetailEntry = {
  /** Its name in the address. */
  readonly key: string;
  readonly title: Text;
  readonly Icon: ComponentType<{ readonly size: number }>;
  readonly rank: number;
  readonly Body: ComponentType<{ readonly room: RoomSummary }>;
};

/** A kind of conversation, as the list tells it from the others and narrows itself to it. */
export type RoomKindEntry = {
  readonly kind: RoomKind;
  readonly label: Text;
  /** Marks it beside its name. The usual kind has none. */
  readonly Mark?: ComponentType<SVGProps<SVGSVGElement> & { readonly size: number }>;
  readonly rank: number;
};

/**
 * The named places of a conversation where features add what is their own. What stands in a list is a hook (a component, for
 * details): the lists are made once, at the start, and never change.
 */
export type Slots = {
  readonly composer: readonly ((context: ComposerContext) => readonly ComposerAction[])[];
  readonly message: readonly (() => (message: MessageFacts) => readonly MenuItem[])[];
  readonly roomHeader: readonly ((context: RoomActionContext) => readonly RoomAction[])[];
  /** Stands where the composer was once nothing can be said any more. */
  readonly roomEnded: readonly ((context: RoomActionContext) => readonly RoomAction[])[];
  readonly detail: readonly DetailEntry[];
  readonly roomKinds: readonly RoomKindEntry[];
};

const empty: Slots = { composer: [], message: [], roomHeader: [], roomEnded: [], detail: [], roomKinds: [] };

/** Joins what features put into each place, in their order. */
export function joinSlots(parts: readonly (Partial<Slots> | undefined)[]): Slots {
  const join = <K extends keyof Slots>(name: K) =>
    parts.flatMap((part): readonly Slots[K][number][] => part?.[name] ?? []);
  return {
    composer: join("composer"),
    message: join("message"),
    roomHeader: join("roomHeader"),
    roomEnded: join("roomEnded"),
    detail: join("detail").toSorted(byRank),
    roomKinds: join("roomKinds").toSorted(byRank),
  };
}

const SlotsContext = createContext<Slots>(empty);

/** Gives the places of a conversation what features put into them. */
export function SlotsProvider({ slots, children }: { slots: Slots; children: ReactNode }) {
  return <SlotsContext value={slots}>{children}</SlotsContext>;
}

/** What can be done with a room beside what it brings itself. */
export function useRoomActions(name: "roomHeader" | "roomEnded", context: RoomActionContext): readonly RoomAction[] {
  const hooks = use(SlotsContext)[name];
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is the same at every drawing
  return hooks.flatMap((useActions) => useActions(context)).toSorted(byRank);
}

/** What can be put into a message beside text. */
export function useComposerActions(context: ComposerContext): readonly ComposerAction[] {
  const hooks = use(SlotsContext).composer;
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is the same at every drawing
  return hooks.flatMap((useActions) => useActions(context)).toSorted(byRank);
}

/** What else can be done with a message. */
export function useMessageActions(): (message: MessageFacts) => readonly MenuItem[] {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is the same at every drawing
  const offers = use(SlotsContext).message.map((useOffer) => useOffer());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list has the same length at every drawing
  return useCallback((message) => offers.flatMap((offer) => offer(message)), offers);
}

/** What can be opened beside a room. */
export function useDetailEntries(): readonly DetailEntry[] {
  return use(SlotsContext).detail;
}

/** The kinds of conversation that there are here. */
export function useRoomKinds(): readonly RoomKindEntry[] {
  return use(SlotsContext).roomKinds;
}

function byRank(one: { readonly rank: number }, other: { readonly rank: number }): number {
  return one.rank - other.rank;
}
