/**
 * Which files are stored, or about to be, without a message. Each method is ONE round trip and throws ChatError
 * `history-unavailable` as the history does, which takes a note away in the commit of the message that has the file.
 */
export interface UploadNotes {
  /**
   * Notes a file before it is stored. Answers a few of those whose hour is over: from then on the history MUST refuse
   * them, so that they can be removed. One that is not forgotten is answered again an hour later.
   */
  note(id: string): Promise<string[]>;
  /** The file is removed. */
  forget(id: string): Promise<void>;
}
