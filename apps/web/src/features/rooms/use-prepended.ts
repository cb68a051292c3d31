import { useLayoutEffect, useRef } from "react";

/** True in the render in which items were put before those that were first until now. */
export function usePrepended(keys: readonly string[]): boolean {
  const first = useRef<string | undefined>(undefined);
  const known = first.current;
  useLayoutEffect(() => {
    first.current = keys[0];
  });
  return known !== undefined && keys[0] !== known && keys.includes(known);
}
