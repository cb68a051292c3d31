import { clsx } from "clsx";
import { useId } from "react";

export type Seats = "both" | "waiting" | "none";

/** Long joists of the floor, from the far edge to the near one, drawn together towards one point. */
const joists = [-3, -2, -1, 0, 1, 2, 3].map((at) => ({ key: at, far: 320 + at * 74, near: 320 + at * 118 }));
/** Short boards between joists: which gap, and how deep in the hall (0 far, 1 near). */
const boards = [-3, -2, -1, 0, 1, 2].flatMap((gap) =>
  (gap % 2 === 0 ? [0.16, 0.42, 0.78] : [0.06, 0.28, 0.58]).map((depth) => {
    const x = (at: number) => 320 + at * (74 + 44 * depth);
    return { key: `${gap}-${depth}`, x1: x(gap), x2: x(gap + 1), y: 292 + 128 * depth };
  }),
);

/** Smaller than this there is nothing to see, and the scene is not shown. */
const smallestRem = 6;

/**
 * The hall: an open door with the moon behind it, a floor of boards and two cushions. Who sits on them tells where one
 * stands: nobody yet, one who waits, two who met.
 */
export function HallScene({
  seats,
  className,
  restRem = 22,
}: {
  seats: Seats;
  className?: string;
  /** What else has to be seen on the screen takes so much: where that leaves nothing, the scene gives way first. */
  restRem?: number;
}) {
  const leftPx = `(var(--seen-height, 100dvh) - ${restRem}rem)`;
  // Several may stand on one page, and each names its own parts.
  const id = useId();
  return (
    <svg
      viewBox="40 36 560 384"
      aria-hidden="true"
      className={clsx("block w-full select-none", className)}
      style={{ maxHeight: `clamp(0px, (${leftPx} - ${smallestRem}rem) * 1000, ${leftPx})` }}
      fill="none"
    >
      <defs>
        <clipPath id={`${id}-door`}>
          <rect x="214" y="92" width="212" height="186" />
        </clipPath>
        <linearGradient id={`${id}-floor`} x1="0" y1="292" x2="0" y2="420" gradientUnits="userSpaceOnUse">
          <stop stopColor="var(--color-wood-soft)" />
          <stop offset="1" stopColor="var(--color-wood-soft)" stopOpacity="0.25" />
        </linearGradient>
        <linearGradient id={`${id}-edges`} x1="40" y1="0" x2="600" y2="0" gradientUnits="userSpaceOnUse">
          <stop stopColor="#fff" stopOpacity="0" />
          <stop offset="0.16" stopColor="#fff" />
          <stop offset="0.84" stopColor="#fff" />
          <stop offset="1" stopColor="#fff" stopOpacity="0" />
        </linearGradient>
        <mask id={`${id}-fade`} maskUnits="userSpaceOnUse" x="40" y="280" width="560" height="140">
          <rect x="40" y="280" width="560" height="140" fill={`url(#${id}-edges)`} />
        </mask>
      </defs>

      {/* The garden behind the door. */}
      <g clipPath={`url(#${id}-door)`}>
        <rect x="214" y="92" width="212" height="186" fill="var(--color-jade-soft)" />
        <circle cx="352" cy="152" r="30" fill="var(--color-moon)" />
        <path d="M200 262c46-44 78-40 112-18 30-34 62-38 130 6v40H200Z" fill="var(--color-jade)" opacity="0.2" />
        <path d="M200 278c60-30 100-22 136-6 26-16 60-20 106-2v20H200Z" fill="var(--color-jade)" opacity="0.32" />
      </g>

      {/* Two paper doors, pushed aside, and the frame. */}
      <Door x={112} />
      <Door x={430} />
      <g stroke="var(--color-wood)" strokeLinecap="square">
        <path d="M96 84h448" strokeWidth="9" />
        <path d="M214 92v192M426 92v192" strokeWidth="5" />
        <path d="M104 84v204M536 84v204" strokeWidth="11" />
      </g>
      <path d="M76 66h488" stroke="var(--color-wood)" strokeWidth="5" strokeLinecap="round" opacity="0.45" />

      {/* The floor. */}
      <path d="M98 292h444l132 128H-34Z" fill={`url(#${id}-floor)`} mask={`url(#${id}-fade)`} />
      <path d="M92 288h456" stroke="var(--color-wood)" strokeWidth="7" strokeLinecap="round" />
      <g mask={`url(#${id}-fade)`} stroke="var(--color-wood)" strokeWidth="1.5" opacity="0.42">
        {joists.map((joist) => (
          <path key={joist.key} d={`M${joist.far} 292 L${joist.near} 420`} />
        ))}
        {boards.map((board) => (
          <path key={board.key} d={`M${board.x1} ${board.y}H${board.x2}`} />
        ))}
      </g>

      <Cushion x={236} tone="var(--color-jade)" isTaken={seats !== "none"} />
      <Cushion x={404} tone="var(--color-wood)" isTaken={seats === "both"} isAwaited={seats === "waiting"} />
    </svg>
  );
}

/** A door of paper on a lattice of thin bars. */
function Door({ x }: { x: number }) {
  return (
    <g>
      <rect x={x} y="92" width="98" height="192" fill="var(--color-raised)" />
      <g stroke="var(--color-wood)" strokeWidth="1.5" opacity="0.55">
        {[1, 2, 3].map((at) => (
          <path key={at} d={`M${x + at * 24.5} 92v192`} />
        ))}
        {[1, 2, 3, 4, 5, 6].map((at) => (
          <path key={at} d={`M${x} ${92 + at * 27.5}h98`} />
        ))}
      </g>
    </g>
  );
}

/** A cushion on the floor; one that is awaited breathes. */
function Cushion({
  x,
  tone,
  isTaken,
  isAwaited = false,
}: {
  x: number;
  tone: string;
  isTaken: boolean;
  isAwaited?: boolean;
}) {
  return (
    <g transform={`translate(${x} 360)`}>
      <ellipse cx="0" cy="16" rx="66" ry="15" fill="var(--color-ink)" opacity="0.07" />
      <g className={clsx("transition-opacity duration-700", isTaken ? "opacity-100" : "opacity-0")}>
        <path d="M-60 4c0-16 28-24 60-24S60-12 60 4 34 25 0 25-60 20-60 4Z" fill={tone} />
        <ellipse cx="0" cy="-1" rx="46" ry="13" fill="#fff" opacity="0.14" />
        <circle cx="0" cy="-2" r="3" fill="#fff" opacity="0.5" />
      </g>
      {!isTaken && (
        <path
          d="M-60 4c0-16 28-24 60-24S60-12 60 4 34 25 0 25-60 20-60 4Z"
          stroke={tone}
          strokeWidth="2"
          strokeDasharray="5 6"
          fill="var(--color-surface)"
          fillOpacity="0.5"
          className={isAwaited ? "animate-breathe" : undefined}
        />
      )}
    </g>
  );
}
