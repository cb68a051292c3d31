import { Button, Dialog } from "@maru/ui";
import { useWords } from "./i18n/index.ts";

export type KeyListProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** Which key does what. */
export function KeyList({ isOpen, onOpenChange }: KeyListProps) {
  const { t } = useWords();
  const command = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
  const parts = [
    {
      title: t("keys.everywhere"),
      keys: [
        [[`${command} K`], t("keys.find")],
        [["?"], t("keys.show")],
        [["Esc"], t("keys.back")],
      ],
    },
    {
      title: t("keys.writing"),
      keys: [
        [["↵"], t("keys.send")],
        [["Shift ↵"], t("keys.newLine")],
        [["↑"], t("keys.editLast")],
        [["Shift Tab"], t("keys.toMessages")],
      ],
    },
    {
      title: t("keys.lists"),
      keys: [
        [["↑", "↓"], t("keys.move")],
        [["Home", "End"], t("keys.ends")],
        [["↵"], t("keys.open")],
        [["Shift F10", t("keys.menuKey")], t("keys.menu")],
        [[t("keys.anyLetter")], t("keys.letters")],
      ],
    },
  ] as const;
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t("keys.title")}
      footer={<Button onClick={() => onOpenChange(false)}>{t("keys.close")}</Button>}
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
