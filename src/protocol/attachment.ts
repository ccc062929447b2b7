export const attachmentKinds = ["image", "video", "audio", "document"] as const;
export type AttachmentKind = (typeof attachmentKinds)[number];

/** A stored file. `id` is 128 random bits and says nothing about the file. */
export interface Attachment {
  id: string;
  kind: AttachmentKind;
  /** The name it was uploaded under, cleaned for display. */
  name: string;
  /** Decided from the bytes, never from what the uploader said. */
  contentType: string;
  size: number;
}
