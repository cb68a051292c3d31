import type { Block, BlockId } from "@maru/protocol";
import { describeAlias } from "@maru/protocol";
import { Avatar, Button, showToast } from "@maru/ui";
import { describeFault } from "../../shell/faults.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { LoadedRows } from "./loaded-rows.tsx";
import { Row, Section } from "./section.tsx";
import { useLoaded } from "./use-loaded.ts";

export type BlocksSectionProps = {
  listBlocks: () => Promise<readonly Block[]>;
  removeBlock: (blockId: BlockId) => Promise<unknown>;
};

/** Whom one has blocked, under the name they had there. */
export function BlocksSection({ listBlocks, removeBlock }: BlocksSectionProps) {
  const { t, locale } = useWords();
  const [blocks, reload] = useLoaded(listBlocks);
  const nameOf = (block: Block) =>
    block.alias ? describeAlias(block.alias, locale) : (block.name ?? t("rooms.unknown"));
  const remove = async (block: Block) => {
    try {
      await removeBlock(block.id);
      showToast(t("settings.blocks.removed"), "good");
      reload();
    } catch (thrown) {
      showToast(describeFault(thrown, locale), "bad");
    }
  };
  return (
    <Section title={t("settings.blocks.title")}>
      <LoadedRows loaded={blocks} onRetry={reload}>
        {(list) =>
          list.length === 0 ? (
            <Row label={<span className="text-ink-muted">{t("settings.blocks.empty")}</span>} />
          ) : (
            list.map((block) => (
              <Row
                key={block.id}
                label={
                  <span className="flex items-center gap-3">
                    <Avatar seed={block.avatarSeed} size={36} />
                    <span className="truncate">{nameOf(block)}</span>
                  </span>
                }
              >
                <Button
                  variant="secondary"
                  size="sm"
                  aria-label={t("settings.blocks.removeOf", { name: nameOf(block) })}
                  onClick={() => void remove(block)}
                >
                  {t("settings.blocks.remove")}
                </Button>
              </Row>
            ))
          )
        }
      </LoadedRows>
    </Section>
  );
}
