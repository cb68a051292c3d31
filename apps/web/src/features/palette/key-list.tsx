import { Button, Dialog } from "@maru/ui";
import { usePaletteWords } from "../../shell/i18n/palette.ts";

export type KeyListProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** Which key does what. */
export function KeyList({ isOpen, onOpenChange }: KeyListProps) {
  const words = usePaletteWords();
  const command = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
  const parts = [
    {
      title: words("keys.everywhere"),
      keys: [
        [[`${command} K`], words("keys.find")],
        [["?"], words("keys.show")],
        [["Esc"], words("keys.back")],
      ],
    },
    {
      title: words("keys.writing"),
      keys: [
        [["↵"], words("keys.send")],
        [["Shift ↵"], words("keys.newLine")],
        [["↑"], words("keys.editLast")],
        [["Shift Tab"], words("keys.toMessages")],
      ],
    },
    {
      title: words("keys.lists"),
      keys: [
        [["↑", "↓"], words("keys.move")],
        [["Home", "End"], words("keys.ends")],
        [["↵"], words("keys.open")],
        [["Shift F10", words("keys.menuKey")], words("keys.menu")],
        [[words("keys.anyLetter")], words("keys.letters")],
      ],
    },
  ] as const;
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={words("keys.title")}
      footer={<Button onClick={() => onOpenChange(false)}>{words("keys.close")}</Button>}
    >
      <div className="flex flex-col gap-5">
        {parts.map((part) => (
          <section key={part.title} className="flex flex-col gap-2">
            <h3 className="text-sm font-semibold text-ink-muted">{part.title}</h3>
            <dl className="flex flex-col gap-1.5">
              {part.keys.map(([keys, does]) => (
                <div key={does} className="flex items-center justify-between gap-4">
                  <dt className="order-2 flex shrink-0 gap-1.5">
                    {keys.map((key) => (
                      <kbd
                        key={key}
                        className="rounded-sm bg-sunken px-2 py-0.5 font-sans text-sm font-medium ring-1 ring-inset ring-line"
                      >
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd className="text-md">{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
