/** The mark: the letter ㅁ around the boards of a floor, one of them celadon. */
export function LogoMark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="4 4 40 40" fill="none" aria-hidden="true" className="shrink-0">
      <rect x="6.25" y="6.25" width="35.5" height="35.5" rx="7" stroke="var(--color-ink)" strokeWidth="4.5" />
      <g fill="var(--color-wood)">
        <rect x="12" y="12.2" width="13.6" height="6.6" rx="1.2" />
        <rect x="12" y="29.2" width="11.4" height="6.6" rx="1.2" />
        <g opacity="0.45">
          <rect x="27.6" y="12.2" width="8.4" height="6.6" rx="1.2" />
          <rect x="12" y="20.7" width="7.6" height="6.6" rx="1.2" />
          <rect x="25.4" y="29.2" width="10.6" height="6.6" rx="1.2" />
        </g>
      </g>
      <rect x="21.6" y="20.7" width="14.4" height="6.6" rx="1.2" fill="var(--color-jade)" />
    </svg>
  );
}

/** The mark with the name beside it. */
export function Logo({ name, size = 32 }: { name: string; size?: number }) {
  return (
    <span className="inline-flex items-center gap-2.5">
      <LogoMark size={size} />
      <span className="text-lg font-extrabold tracking-tight text-ink">{name}</span>
    </span>
  );
}
