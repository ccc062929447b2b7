/** Whether someone is connected. `revision` grows with each change, so that a late report is ignored (PRES-3). */
export interface Presence {
  userId: number;
  isOnline: boolean;
  /** When the last connection ended, ISO 8601; null while online or never seen. */
  lastSeen: string | null;
  revision: number;
}
