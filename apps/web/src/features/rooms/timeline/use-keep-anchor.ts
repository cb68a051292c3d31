import { useLayoutEffect, useRef } from "react";

/** True in the render in which items were put before the first: the list then keeps what is in sight where it is. */
export function useKeepAnchor(keys: readonly string[]): boolean {
  const first = useRef<string | undefined>(undefined);
  const known = first.current;
  useLayoutEffect(() => {
    first.current = keys[0];
  });
  return known !== undefined && keys[0] !== known && keys.includes(known);
}
