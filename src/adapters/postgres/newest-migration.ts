/** The last entry of migrations/meta/_journal.json, which a Worker cannot read; a test compares the two. */
export const newestMigration = {
  tag: "0002_opened-conversations",
  generatedAt: 1795301282165,
};
