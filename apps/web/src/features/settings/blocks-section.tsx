import type { Block, BlockId } from "@maru/protocol";
import { describeAlias } from "@maru/protocol";
import { Avatar, Button, rovingItem, useRovingFocus, Written } from "@maru/ui";
import { useWords } from "./i18n/index.ts";
import { LoadedRows } from "./loaded-rows.tsx";
import { Row, Section } from "./section.tsx";
import { useChange } from "./use-change.ts";
import { useLoaded } from "./use-loaded.ts";

export type BlocksSectionProps = {
  listBlocks: () => Promise<readonly Block[]>;
  removeBlock: (blockId: BlockId) => Promise<unknown>;
};

/** Whom one has blocked, under the name they had there. */
export function BlocksSection({ listBlocks, removeBlock }: BlocksSectionProps) {
  const { t, locale } = useWords();
  const [blocks, reload] = useLoaded("blocks", listBlocks);
  const nameOf = (block: Block) =>
    block.alias ? describeAlias(block.alias, locale) : (block.name ?? t("common.unknown"));
  const { run } = useChange({
    act: (block: Block) => removeBlock(block.id),
    said: () => t("settings.blocks.removed"),
    reload,
  });
  return (
    <Section title={t("settings.blocks.title")}>
      <LoadedRows loaded={blocks} onRetry={reload}>
        {(list) =>
          list.length === 0 ? (
            <Row label={<span className="text-ink-muted">{t("settings.blocks.empty")}</span>} />
          ) : (
            <BlockRows blocks={list} nameOf={nameOf} onRemove={(block) => void run(block)} />
          )
        }
      </LoadedRows>
    </Section>
  );
}

type BlockRowsProps = {
  blocks: readonly Block[];
  nameOf: (block: Block) => string;
  onRemove: (block: Block) => void;
};

function BlockRows({ blocks, nameOf, onRemove }: BlockRowsProps) {
  const { t } = useWords();
  const { active, list } = useRovingFocus({
    keys: blocks.map(({ id }) => id),
    labelOf: (key) => blocks.flatMap((block) => (block.id === key ? [nameOf(block)] : [])).join(""),
  });
  return (
    <div {...list} className="divide-y divide-line">
      {blocks.map((block) => (
        <Row
          key={block.id}
          label={
            <span className="flex items-center gap-3">
              <Avatar seed={block.avatarSeed} size={36} />
              <Written className="truncate">{nameOf(block)}</Written>
            </span>
          }
        >
          <Button
            {...rovingItem(block.id, block.id === active)}
            variant="secondary"
            size="sm"
            aria-label={t("settings.blocks.removeOf", { name: nameOf(block) })}
            onClick={() => onRemove(block)}
          >
            {t("settings.blocks.remove")}
          </Button>
        </Row>
      ))}
    </div>
  );
}
