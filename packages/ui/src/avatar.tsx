import { clsx } from "clsx";
import { useId } from "react";
import { drawAvatarPattern } from "./avatar-pattern.ts";

export type AvatarProps = {
  /** The same seed gives the same picture everywhere. */
  seed: string;
  size?: number;
  isFaded?: boolean;
};

/** A small wrapping cloth (조각보) for somebody without a photo; says nothing, so it stays silent to screen readers. */
export function Avatar({ seed, size = 44, isFaded = false }: AvatarProps) {
  const clip = useId();
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 4 4"
      aria-hidden="true"
      className={clsx("shrink-0 transition-opacity", isFaded && "opacity-45 grayscale")}
    >
      <clipPath id={clip}>
        <path d="M2 0C3.5 0 4 .5 4 2S3.5 4 2 4 0 3.5 0 2 .5 0 2 0Z" />
      </clipPath>
      <g clipPath={`url(#${clip})`} stroke="#fffaf0" strokeOpacity="0.7" strokeWidth="0.07">
        {drawAvatarPattern(seed).map((tile) => (
          <rect
            key={`${tile.x}-${tile.y}`}
            x={tile.x}
            y={tile.y}
            width={tile.width}
            height={tile.height}
            fill={tile.fill}
          />
        ))}
      </g>
    </svg>
  );
}
