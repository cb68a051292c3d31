/**
 * Keeps the app as high as what is really seen. Browsers that lay the keyboard over the page (Safari on iOS) tell its
 * height by the visual viewport alone; without this the composer would lie under it.
 */
export function followViewport(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const { style } = document.documentElement;
  const follow = () => {
    // Zoomed in by two fingers, a smaller part is seen on purpose.
    const isZoomed = viewport.scale > 1.01;
    style.setProperty("--seen-height", isZoomed ? "100dvh" : `${viewport.height}px`);
    style.setProperty("--seen-top", isZoomed ? "0px" : `${viewport.offsetTop}px`);
  };
  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  follow();
}
