import { createRootRoute } from "@tanstack/react-router";

/** The root of every address. Features hang their routes below it; `app/router.tsx` says what it draws. */
export const rootRoute = createRootRoute();
