import { createContext, type ReactNode, use } from "react";

/** What is opened about a page. */
export type DetailPaneProps = {
  title: string;
  onClose: () => void;
  /** Takes the focus: somebody has just asked for it. One that an address opens leaves it where it is. */
  isAsked: boolean;
  children: ReactNode;
};

const DetailPlaceContext = createContext<HTMLElement | null>(null);

/** Hands to the page where in the frame its detail pane stands. */
export function DetailPlaceProvider({ place, children }: { place: HTMLElement | null; children: ReactNode }) {
  return <DetailPlaceContext value={place}>{children}</DetailPlaceContext>;
}

export function useDetailPlace(): HTMLElement | null {
  return use(DetailPlaceContext);
}
