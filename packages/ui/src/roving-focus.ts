import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { createHold, spendPress } from "./actions/hold.ts";
import { isInputMethodPress } from "./enter-key/enter-key.ts";
import type { TypeAhead } from "./type-ahead.ts";

/** How the actions of an item were asked for, and so where they are to be shown. */
export type ActionsPlace = {
  readonly item: HTMLElement;
  readonly by: "key" | "hold" | { readonly x: number; readonly y: number };
};

export type RovingOptions = {
  /** Every item in order, also those that are not drawn. */
  readonly keys: readonly string[];
  /** Where the focus enters at first. */
  readonly start?: "first" | "last" | string | undefined;
  /** Menu key, Shift and F10, right click and a finger that rests ask for the actions of an item. */
  readonly onActions?: ((key: string, place: ActionsPlace) => void) | undefined;
  /** Enter asks for the actions too: for items that do nothing else. */
  readonly isEnterForActions?: boolean;
  /** What letters that are typed find. */
  readonly labelOf?: ((key: string) => string) | undefined;
  /** What Escape does; without it the focus goes back to where it came from. */
  readonly onLeave?: (() => void) | undefined;
};

/** What an item carries: only one of them is a stop of the Tab key. */
export function rovingItem(key: string, isActive: boolean) {
  return { "data-item": key, tabIndex: isActive ? 0 : -1 } as const;
}

const pageItems = 10;
/** The browser reports the menu key once more by an event of its own. */
const samePressMs = 500;
const popups = "[role=menu], [role=dialog], [role=alertdialog]";

/**
 * Makes a list one stop of the Tab key. ↑ ↓ Home End and the page keys move inside, letters find, Escape leads
 * back. The items are found by {@link rovingItem}; whoever draws only some keeps the active one drawn.
 */
export function useRovingFocus(options: RovingOptions) {
  const { keys, start = "first" } = options;
  const latest = useRef(options);
  latest.current = options;
  const root = useRef<HTMLElement | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const lastIndex = useRef(0);
  const { active, index } = findActive(keys, chosen, start, lastIndex.current);
  lastIndex.current = index;
  /** The item that is to have the focus as soon as it is drawn. */
  const wanted = useRef<string | null>(null);
  /** The item that has the focus, also just after it was taken away. */
  const focused = useRef<string | null>(null);
  const cameFrom = useRef<Element | null>(null);
  const [hold] = useState(() => createHold(window));
  /** Comes with the first focus: most lists are never typed in. */
  const typeAhead = useRef<TypeAhead | null>(null);
  const askedByKeyAtMs = useRef(Number.NEGATIVE_INFINITY);

  useLayoutEffect(() => {
    if (focused.current !== null && !keys.includes(focused.current) && document.activeElement === document.body) {
      wanted.current = active ?? null;
    }
    if (wanted.current === null) return;
    const element = findItem(root.current, wanted.current);
    if (!element) return;
    wanted.current = null;
    element.focus();
  });

  const focus = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    wanted.current = key;
    setChosen(key);
    const element = findItem(root.current, key);
    if (!element) return;
    wanted.current = null;
    element.focus();
  }, []);

  const list = useMemo(
    () => ({
      onFocus(event: FocusEvent<HTMLElement>) {
        const item = itemOf(event.target);
        const { currentTarget, relatedTarget } = event;
        if (relatedTarget && !currentTarget.contains(relatedTarget) && !relatedTarget.closest(popups))
          cameFrom.current = relatedTarget;
        root.current = currentTarget;
        if (latest.current.labelOf && !typeAhead.current) {
          void import("./type-ahead.ts").then((module) => {
            typeAhead.current ??= new module.TypeAhead();
          });
        }
        if (!item) return;
        focused.current = item.key;
        setChosen(item.key);
      },
      onBlur(event: FocusEvent<HTMLElement>) {
        const { target } = event;
        // What was taken away has lost nothing: its neighbour gets the focus.
        queueMicrotask(() => {
          if (target.isConnected && !root.current?.contains(document.activeElement)) focused.current = null;
        });
      },
      onKeyDown(event: KeyboardEvent<HTMLElement>) {
        if (isInputMethodPress(event.nativeEvent) || event.defaultPrevented) return;
        root.current = event.currentTarget;
        const item = itemOf(event.target);
        if (!item || item.element !== event.target) return;
        const { keys, onActions, isEnterForActions = false, labelOf, onLeave } = latest.current;
        const isAsking =
          event.key === "ContextMenu" ||
          (event.key === "F10" && event.shiftKey) ||
          // enter: an item of a list is no field
          (event.key === "Enter" && isEnterForActions);
        if (isAsking && onActions) {
          event.preventDefault();
          if (event.repeat) return;
          askedByKeyAtMs.current = event.timeStamp;
          onActions(item.key, { item: item.element, by: "key" });
          return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const at = keys.indexOf(item.key);
        const to = stepOf(event.key, at, keys.length);
        if (to !== null) {
          event.preventDefault();
          return focus(keys[to]);
        }
        if (event.key === "Escape") {
          const back = cameFrom.current;
          if (onLeave) onLeave();
          else if (back instanceof HTMLElement && back.isConnected) back.focus();
          return;
        }
        const found = labelOf && typeAhead.current?.type(event.nativeEvent, keys, at, labelOf);
        if (found === undefined) return;
        event.preventDefault();
        if (found !== null) focus(keys[found]);
      },
      onContextMenu(event: MouseEvent<HTMLElement>) {
        root.current = event.currentTarget;
        const item = itemOf(event.target);
        const { onActions } = latest.current;
        if (!item || !onActions || isOwnMenuWanted(event, item.element)) return;
        event.preventDefault();
        const { pointerType } = event.nativeEvent as globalThis.PointerEvent;
        // A finger has asked by resting, a key by being pressed.
        if (pointerType === "touch" || event.timeStamp - askedByKeyAtMs.current < samePressMs) return;
        if (event.buttons !== 0) spendPress(window);
        onActions(item.key, { item: item.element, by: { x: event.clientX, y: event.clientY } });
      },
      onPointerDown(event: PointerEvent<HTMLElement>) {
        root.current = event.currentTarget;
        const item = itemOf(event.target);
        const { onActions } = latest.current;
        if (!item || !onActions || !isHoldable(event.target, item.element)) return hold.stop();
        hold.start(event.nativeEvent, () => onActions(item.key, { item: item.element, by: "hold" }));
      },
    }),
    [focus, hold],
  );
  return { active, index, list, focus };
}

function findActive(keys: readonly string[], chosen: string | null, start: string, lastIndex: number) {
  const at = chosen === null ? -1 : keys.indexOf(chosen);
  if (at >= 0) return { active: keys[at], index: at };
  // The chosen one has gone: its neighbour takes its place.
  if (chosen !== null) {
    const index = Math.max(0, Math.min(lastIndex, keys.length - 1));
    return { active: keys[index], index };
  }
  const index = start === "last" ? keys.length - 1 : start === "first" ? 0 : Math.max(0, keys.indexOf(start));
  return { active: keys[index], index };
}

function itemOf(target: EventTarget): { key: string; element: HTMLElement } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>("[data-item]") : null;
  return element ? { key: element.dataset.item ?? "", element } : null;
}

function findItem(root: HTMLElement | null, key: string): HTMLElement | null {
  return root?.querySelector<HTMLElement>(`[data-item="${CSS.escape(key)}"]`) ?? null;
}

function stepOf(key: string, at: number, count: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: count - 1,
    PageDown: at + pageItems,
    PageUp: at - pageItems,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(to, count - 1));
}

/** The browser's own menu knows more about chosen text, and about a link inside an item. */
function isOwnMenuWanted(event: MouseEvent, item: Element): boolean {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (link && link !== item && item.contains(link)) return true;
  const selection = window.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(event.target as Node, true);
}

/** An item may say which part of it is held: the air beside it is for scrolling. */
function isHoldable(target: EventTarget, item: Element): boolean {
  if (!item.querySelector("[data-holdable]")) return true;
  return target instanceof Element && target.closest("[data-holdable]") !== null;
}
