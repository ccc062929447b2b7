import { Fragment, memo } from "react";
import { splitLinks } from "../links.ts";

/** A text as it was written, with its addresses as links that tell nothing of this page. */
export const LinkedText = memo(function LinkedText({ text }: { text: string }) {
  return splitLinks(text).map((part, index) =>
    part.href === null ? (
      <Fragment key={index}>{part.text}</Fragment>
    ) : (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {part.text}
      </a>
    ),
  );
});
