import type { ReactNode } from "react";
import { HallScene, type Seats } from "../../shell/brand/hall-scene.tsx";

/** The hall with what there is to say below it. The hall stays where it is while the words change: only the seats fill. */
export function MatchStage({ seats, children }: { seats: Seats; children: ReactNode }) {
  return (
    <section className="mx-auto flex w-full max-w-140 flex-col items-center px-6 pt-4 pb-6 text-center md:my-auto">
      <HallScene seats={seats} restRem={26} className="mb-4 max-w-105" />
      <div className="flex min-h-72 w-full flex-col items-center">{children}</div>
    </section>
  );
}
