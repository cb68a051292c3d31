import type { ComponentType } from "react";
import type { Text } from "../i18n/index.ts";

/** The list that stands beside the pages of an area; on one pane the area shows it as a page of its own. */
export type ListPane = { readonly label: Text; readonly List: ComponentType };

declare module "@tanstack/react-router" {
  /** What a route tells the frame about its page. */
  interface StaticDataRouteOption {
    /** Whom it is for: `visitors` leads on whoever is signed in, `anyone` opens for all. Without it only who is signed in. */
    readonly audience?: "visitors" | "anyone";
    /** The list of its own area. A pane never shows another area's. */
    readonly listPane?: ListPane;
    /** Fills a phone's screen: the bar of places would be in the way of what is done there. */
    readonly isImmersive?: boolean;
  }
}
