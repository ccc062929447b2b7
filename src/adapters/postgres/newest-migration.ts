/** The last entry of migrations/meta/_journal.json, which a Worker cannot read; a test compares the two. */
export const newestMigration = {
  tag: "0003_uploads",
  generatedAt: 1795320020070,
};
