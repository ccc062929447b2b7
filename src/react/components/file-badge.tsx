import { Icon } from "./icon.tsx";

/** The letters after the last dot, for the badge of a file. */
function fileExtension(name: string): string {
  return /\.([\p{L}\p{N}]{1,5})$/u.exec(name)?.[1]?.toLocaleUpperCase() ?? "";
}

const families = [
  { family: "pdf", pattern: /^PDF$/ },
  { family: "text", pattern: /^(?:DOCX?|ODT|RTF|TXT|MD|PAGES)$/ },
  { family: "table", pattern: /^(?:XLSX?|ODS|CSV|NUMBERS)$/ },
  { family: "slides", pattern: /^(?:PPTX?|ODP|KEY)$/ },
  { family: "archive", pattern: /^(?:ZIP|RAR|7Z|TAR|GZ)$/ },
] as const;

/** The end of a file's name as a small coloured sheet. */
export function FileBadge({ name }: { name: string }) {
  const extension = fileExtension(name);
  const found = families.find(({ pattern }) => pattern.test(extension));
  return (
    <span className="parley-file-badge" data-family={found?.family ?? "other"} aria-hidden="true">
      {extension || <Icon name="file" />}
    </span>
  );
}
